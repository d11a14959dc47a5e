/** A quantity in [0, 1] pixel units, as a person wrote it: 8/255 stays "8/255" on a page. */
export interface Amount {
  readonly value: number;
  readonly label: string;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a number, or a text such as "8/255" or "0.25".
 *
 * @returns The amount, or null where the input is neither; the caller knows the name to put into the error.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseAmount } from "./amount.ts";
 * assertEquals(parseAmount("8/255"), { value: 8 / 255, label: "8/255" });
 * assertEquals(parseAmount(0.5), { value: 0.5, label: "0.5" });
 * ```
 */
export function parseAmount(input: unknown): Amount | null {
  if (typeof input === "number") {
    return Number.isFinite(input) ? { value: input, label: String(input) } : null;
  }
  if (typeof input !== "string") return null;
  const label = input.trim();
  const parts = label.split("/").map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return null;
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
  return Number.isFinite(value) ? { value, label } : null;
}

/** The amount of a computed number, labelled with at most four significant digits. */
export function amount(value: number): Amount {
  return { value, label: String(Number(value.toPrecision(4))) };
}

/** Whether a value is an amount, that is an object of exactly a number `value` and a text `label`. */
export function isAmount(input: unknown): input is Amount {
  if (typeof input !== "object" || input === null) return false;
  const candidate = input as Partial<Amount>;
  return typeof candidate.value === "number" && typeof candidate.label === "string" &&
    Object.keys(input).length === 2;
}
