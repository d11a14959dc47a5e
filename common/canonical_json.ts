/**
 * JSON with the keys of every object in alphabetical order, so that equal values give equal text.
 *
 * @throws {RangeError} If a number is not finite: JSON has no word for it.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item)) {
      throw new RangeError(`Cannot write JSON: ${key || "the value"} is not a finite number, ${item}`);
    }
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : 1));
  });
}
