/** Rules for the fields of parsed JSON that collect every fault: readers of records build on them. */
import { isObject } from "../../common/is_object.ts";
import { isCellName, isName, NAME_ALPHABET } from "../../common/checked_name.ts";

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

/** True or false. */
export const flag = rule((value) => typeof value === "boolean", "true or false");

/** A number from 0 on: an amount, a duration. */
export const amount = rule((value) => Number.isFinite(value) && Number(value) >= 0, "a number from 0");

/** A whole number from 0 on: what counts something. */
export const count = rule((value) => Number.isInteger(value) && Number(value) >= 0, "a whole number from 0");

/** A whole number from 1 on. */
export const positiveCount = rule(
  (value) => Number.isInteger(value) && Number(value) >= 1,
  "a whole number from 1",
);

/** A number from 0 to 1. */
export const fraction = rule(
  (value) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1,
  "a fraction in [0, 1]",
);

/** A SHA-256 in hexadecimal. */
export const sha256 = rule(
  (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  "a SHA-256 of 64 hexadecimal digits",
);

/** A time that dates can be made of. */
export const time = rule((value) => typeof value === "string" && !Number.isNaN(Date.parse(value)), "a time");

/** A name that paths may hold. */
export const name = rule(isName, `a name of ${NAME_ALPHABET}`);

/** The name of a cell. */
export const cellName = rule(isCellName, "the name of a cell");

/** One of some words, or null. */
export function oneOf(...known: readonly (string | null)[]): Rule {
  return rule((value) => known.includes(value as string | null), `one of ${known.map(String).join(", ")}`);
}

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

/** An object whose values hold to a rule, under any names. */
export function mapOf(item: Rule): Rule {
  return (value, name) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, one]) => item(one, `${name}.${key}`))
      : anyObject(value, name);
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
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value).slice(0, 60);
  } catch {
    return "lists in lists, too deep to show"; // they overflow the stack
  }
}
