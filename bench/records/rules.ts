/**
 * The language in which a kind of record is declared: a rule checks a value, and the type of the value is inferred from
 * it. Built on valibot; what is added are our names, our words in messages, and paths as JavaScript writes them.
 */
import * as v from "valibot";
import { isCellName, isName, NAME_ALPHABET } from "../../common/checked_name.ts";
import { isObject, type JsonFields } from "../../common/is_object.ts";

/** A rule that a value must satisfy. */
export type Rule<T> = v.GenericSchema<T>;

/** Rules by the names of fields. */
export type Rules = Readonly<Record<string, v.GenericSchema>>;

/** The type of the values that hold to a rule, read-only in all depths. */
export type Infer<R extends v.GenericSchema> = ReadonlyDeep<v.InferOutput<R>>;

/** The type of the objects whose fields hold to rules. */
export type InferFields<F extends Rules> = ReadonlyDeep<v.InferOutput<v.ObjectSchema<F, undefined>>>;

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

/** A rule by a predicate; `expected` describes a valid value: "a number from 0". */
export function rule<T>(holds: (value: unknown) => boolean, expected: string): Rule<T> {
  return v.custom<T>(holds, expected);
}

/** Any string. */
export const text: Rule<string> = v.string("a string");

/** Any number but NaN and infinity. */
export const number: Rule<number> = rule<number>(Number.isFinite, "a finite number");

/** True or false. */
export const flag: Rule<boolean> = v.boolean("true or false");

/** A number from 0: an amount, a duration. */
export const amount: Rule<number> = rule<number>(
  (value) => Number.isFinite(value) && Number(value) >= 0,
  "a number from 0",
);

/** A number above 0. */
export const positive: Rule<number> = rule<number>(
  (value) => Number.isFinite(value) && Number(value) > 0,
  "a positive number",
);

/** A whole number from 0: a count. */
export const count: Rule<number> = rule<number>(
  (value) => Number.isInteger(value) && Number(value) >= 0,
  "a whole number from 0",
);

/** A whole number from 1. */
export const positiveCount: Rule<number> = rule<number>(
  (value) => Number.isInteger(value) && Number(value) >= 1,
  "a whole number from 1",
);

/** A number from 0 to 1. */
export const fraction: Rule<number> = rule<number>(
  (value) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1,
  "a fraction in [0, 1]",
);

/** A SHA-256 in hexadecimal. */
export const sha256: Rule<string> = rule<string>(
  (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  "a SHA-256 of 64 hexadecimal digits",
);

/** A time that `Date` can read. */
export const time: Rule<string> = rule<string>(
  (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  "a time",
);

/** A name that may be part of a path. */
export const name: Rule<string> = rule<string>(isName, `a name of ${NAME_ALPHABET}`);

/** The name of a cell. */
export const cellName: Rule<string> = rule<string>(isCellName, "the name of a cell");

/** Any object, with any content. */
export const anyObject: Rule<Record<string, unknown>> = rule<Record<string, unknown>>(isObject, "an object");

/** One of some words. */
export function oneOf<const W extends string>(
  ...known: readonly W[]
): v.PicklistSchema<readonly W[], string> {
  return v.picklist(known, `one of ${known.join(", ")}`);
}

/** An object whose named fields hold to rules; it may have others. */
export function object<const F extends Rules>(
  fields: F,
): v.GenericSchema<v.InferOutput<v.ObjectSchema<F, undefined>>> {
  return v.pipe(anyObject, v.object(fields)) as v.GenericSchema<v.InferOutput<v.ObjectSchema<F, undefined>>>;
}

/** A list whose items hold to a rule. */
export function list<R extends v.GenericSchema>(item: R): v.ArraySchema<R, string> {
  return v.array(item, "a list");
}

/** A list of two values. */
export function pair<R extends v.GenericSchema>(
  item: R,
): v.GenericSchema<[v.InferOutput<R>, v.InferOutput<R>]> {
  return refine(
    list(item),
    (values) => values.length === 2 ? [] : [` holds ${values.length} values, not 2`],
  ) as unknown as v.GenericSchema<[v.InferOutput<R>, v.InferOutput<R>]>;
}

/** A list of one value or more. */
export function some<R extends v.GenericSchema>(item: R): v.GenericSchema<v.InferOutput<R>[]> {
  return refine(list(item), (values) => values.length > 0 ? [] : [" is empty"]);
}

/** An object whose values hold to a rule, under any names. */
export function mapOf<R extends v.GenericSchema>(item: R): v.GenericSchema<Record<string, v.InferOutput<R>>> {
  return v.pipe(anyObject, v.record(v.string(), item)) as v.GenericSchema<Record<string, v.InferOutput<R>>>;
}

/** Null, or a value that holds to a rule. */
export function orNull<R extends v.GenericSchema>(one: R): v.NullableSchema<R, undefined> {
  return v.nullable(one);
}

/** Absent, or a value that holds to a rule. */
export function optional<R extends v.GenericSchema>(one: R): v.OptionalSchema<R, undefined> {
  return v.optional(one);
}

/**
 * A rule with more that only the whole value tells, once its parts hold to theirs.
 *
 * @param faultsOf Each fault begins with the path from the value: ".unit is not fraction, got 1".
 */
export function refine<R extends v.GenericSchema>(
  one: R,
  faultsOf: (value: v.InferOutput<R>) => readonly string[],
): v.GenericSchema<v.InferOutput<R>> {
  return v.pipe(
    one,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const message of faultsOf(dataset.value as v.InferOutput<R>)) addIssue({ message });
    }),
  ) as unknown as v.GenericSchema<v.InferOutput<R>>;
}

/**
 * Every fault of a value, with its path.
 *
 * @param name What the value is called; "" for a whole file, whose fields are called by their own names.
 */
export function faultsOf(rule: v.GenericSchema, value: unknown, name = ""): string[] {
  return (v.safeParse(rule, value).issues ?? []).map((issue) => fault(issue, name));
}

function fault(issue: v.BaseIssue<unknown>, name: string): string {
  let path = name;
  for (const { key, type } of issue.path ?? []) {
    path += type === "array" ? `[${key}]` : path === "" ? String(key) : `.${key}`;
  }
  if (issue.type === "raw_check") return path === "" ? issue.message.slice(1) : `${path}${issue.message}`;
  return issue.input === undefined
    ? `${path} is missing`
    : `${path || "it"} is not ${issue.message}, got ${shown(issue.input)}`;
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

/** Fields under other names; the others stay as they are. */
export function renamed(fields: JsonFields, names: Readonly<Record<string, string>>): JsonFields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [names[key] ?? key, value]));
}
