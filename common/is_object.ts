/** A JSON object. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, not a list and not null. */
export function isObject(value: unknown): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
