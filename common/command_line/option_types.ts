/** Types of values that options of several commands have. */
import { suggest } from "../nearest.ts";
import type { OptionType } from "./option.ts";
import { OptionFault } from "./option_fault.ts";

/** Any text: a path, a part of a name. */
export function text(description = "text"): OptionType<string> {
  return { description, read: (given) => given, check() {}, write: (value) => value };
}

/** A whole number in a range. */
export function whole({ min, max }: { readonly min: number; readonly max: number }): OptionType<number> {
  const description = `a whole number from ${min} to ${max}`;
  const check = (value: number) => {
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new OptionFault(`must be ${description}`);
    }
  };
  return {
    description,
    read(given) {
      const value = /^\d{1,16}$/.test(given) ? Number(given) : NaN;
      check(value);
      return value;
    },
    check,
    write: String,
  };
}

/** A number that is not below `min`. */
export function number({ min }: { readonly min: number }): OptionType<number> {
  const description = `a number of at least ${min}`;
  const check = (value: number) => {
    if (!Number.isFinite(value) || value < min) throw new OptionFault(`must be ${description}`);
  };
  return {
    description,
    read(given) {
      const value = given.trim() === "" ? NaN : Number(given);
      check(value);
      return value;
    },
    check,
    write: String,
  };
}

/**
 * One of several names.
 *
 * @param what What the names are of, for errors: "unknown backend glsl".
 */
export function oneOf<const T extends string>(what: string, names: readonly T[]): OptionType<T> {
  const read = (given: string): T => {
    const found = names.find((name) => name === given.trim());
    if (found !== undefined) return found;
    throw new OptionFault(`unknown ${what} ${given.trim()}, ${suggest(given.trim(), names)}`);
  };
  return {
    description: `one of ${names.join(", ")}`,
    read,
    check: (value) => void read(value),
    write: String,
  };
}

/** Limits of an option's list. */
export interface ListOptions {
  /** Its values as a plural noun: "run folders". */
  readonly of: string;
  /** Whether a value may stand there twice. Default: false. */
  readonly repeats?: boolean;
  /** How many values a program has to give. Default: 1. */
  readonly min?: number;
}

/** Values with commas between them. */
export function list<T>(
  type: OptionType<T>,
  { of, repeats = false, min = 1 }: ListOptions,
): OptionType<readonly T[]> {
  const checkCount = (values: readonly T[]) => {
    if (values.length < min) throw new OptionFault(`must be ${of}, at least ${min}`);
    const twice = repeats ? -1 : values.findIndex((value, i) => values.indexOf(value) < i);
    if (twice >= 0) throw new OptionFault(`${type.write(values[twice])} is named twice`);
  };
  return {
    description: `${of} with commas between`,
    read(given) {
      const parts = given.split(",").map((part) => part.trim());
      if (parts.includes("")) throw new OptionFault(`must be ${of} with commas between`);
      const values = parts.map(type.read);
      checkCount(values);
      return values;
    },
    check(values) {
      values.forEach(type.check);
      checkCount(values);
    },
    write: (values) => values.map(type.write).join(","),
  };
}
