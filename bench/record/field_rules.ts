/** Rules for the fields of parsed JSON that collect every fault. Imports nothing: readers of records build on it. */

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Faults of one value, which is called `name`. */
export type Rule = (value: unknown, name: string) => string[];

/** A rule that a value holds to or not; `expected` says what it should be. */
export function rule(holds: (value: unknown) => boolean, expected: string): Rule {
  return (value, name) => holds(value) ? [] : [`${name} is not ${expected}, got ${shown(value)}`];
}

/** Any string. */
export const text = rule((value) => typeof value === "string", "a string");

/** Any number but NaN and infinity. */
export const number = rule((value) => Number.isFinite(value), "a finite number");

/** Any object, whatever is in it. */
export const anyObject = rule(isObject, "an object");

const anyList = rule((value) => Array.isArray(value), "a list");

/** An object whose named fields hold to rules; others may be there. */
export function object(fields: Readonly<Record<string, Rule>>): Rule {
  return (value, name) =>
    isObject(value)
      ? Object.entries(fields).flatMap(([key, one]) => one(value[key], `${name}.${key}`))
      : anyObject(value, name);
}

/** A list whose items hold to a rule. */
export function list(item: Rule): Rule {
  return (value, name) =>
    Array.isArray(value) ? value.flatMap((v, i) => item(v, `${name}[${i}]`)) : anyList(value, name);
}

/** Null, or what holds to a rule. */
export function orNull(one: Rule): Rule {
  return (value, name) => value === null ? [] : one(value, name);
}

/** Absent, or what holds to a rule. */
export function optional(one: Rule): Rule {
  return (value, name) => value === undefined ? [] : one(value, name);
}

/** Why parsed JSON is no record of that schema and version; null if it is. */
export function headerFault(
  json: unknown,
  { schema, version }: { schema: string; version: number },
): string | null {
  if (!isObject(json)) return "it is not a JSON object";
  if (json.schema !== schema) return `schema is not ${schema}, got ${shown(json.schema)}`;
  return json.version === version ? null : `version is ${shown(json.version)}, known is ${version}`;
}

/** The beginning of a value, for messages. */
export function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
}

/** Whether a JSON value is an object, not a list and not null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
