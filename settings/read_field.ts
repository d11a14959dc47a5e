/** Reads one value against its field. */
import { printable, someNames } from "../common/printable.ts";
import { isName } from "../common/checked_name.ts";
import { suggest } from "../common/nearest.ts";
import { type Amount, parseAmount } from "./amount.ts";
import { describeField, type Field, type List, type Range } from "./field.ts";

/** Numbers in a list whose field does not say how many. */
const MAX_ITEMS = 64;

/** What is wrong with a value, for the sentence "Cannot read preset: <key> <problem>". */
export class FieldProblem extends Error {}

/**
 * Reads one value against its field. Numbers are never read from text nor text from numbers.
 *
 * @throws {FieldProblem} If the type or the value is not what the field asks for.
 */
export function readField(field: Field, value: unknown): unknown {
  if (value === null && field.nullable) return null;
  switch (field.kind) {
    case "text":
      if (typeof value !== "string" || value.trim() === "") throw wrongType(field, value);
      return value.trim();
    case "name":
      if (!isName(value)) throw wrongType(field, value);
      return value;
    case "flag":
      if (typeof value !== "boolean") throw wrongType(field, value);
      return value;
    case "choice":
      if (typeof value !== "string") throw wrongType(field, value);
      if (!field.choices.includes(value)) {
        throw new FieldProblem(`is "${printable(value, { max: SHOWN })}", ${suggest(value, field.choices)}`);
      }
      return value;
    case "integer":
    case "number":
      return readNumber(field, value);
    case "amount":
      return readAmount(field, value);
    case "integers":
    case "numbers":
      return readList(field, value);
    case "choices":
      return readChoices(field, value);
  }
}

/** Characters of a value that an error shows. */
const SHOWN = 320;

/** A value as an error shows it: "a text \"abc\"", "a list", "nothing". */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  const short = () => printable(JSON.stringify(value), { max: SHOWN });
  if (Array.isArray(value)) return `a list ${short()}`;
  if (typeof value === "object") return `a mapping with ${someNames(Object.keys(value), 12) || "no keys"}`;
  if (typeof value === "string") return `the text ${short()}`;
  return `${typeof value === "number" ? "the number " : ""}${value}`;
}

function wrongType(field: Field, value: unknown): FieldProblem {
  return new FieldProblem(`must be ${describeField(field)}, given ${describeValue(value)}`);
}

function readNumber(field: Field & Range, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrongType(field, value);
  if (field.kind === "integer" && !Number.isSafeInteger(value)) throw wrongType(field, value);
  if (!inRange(field, value)) throw wrongType(field, value);
  if (field.kind === "number") checkFloat32(field, value);
  return value;
}

function readAmount(field: Field & Range, value: unknown): Amount {
  const result = parseAmount(value);
  if (result === null || !inRange(field, result.value)) throw wrongType(field, value);
  checkFloat32(field, result.value);
  return result;
}

function readList(field: Field & List & Range, value: unknown): number[] {
  const { kind, length, maxItems = MAX_ITEMS, distinct = false, mayBeEmpty = false } = field;
  const list: unknown[] | null = Array.isArray(value) && (mayBeEmpty || value.length > 0) ? value : null;
  if (list === null || (length !== undefined && list.length !== length)) throw wrongType(field, value);
  if (list.length > maxItems) throw new FieldProblem(`has at most ${maxItems} numbers, given ${list.length}`);
  for (const item of list) {
    const fits = kind === "integers" ? Number.isSafeInteger(item) : Number.isFinite(item);
    if (!fits || !inRange(field, item as number)) throw wrongType(field, value);
    if (kind === "numbers") checkFloat32(field, item as number);
  }
  if (distinct && new Set(list).size !== list.length) throw wrongType(field, value);
  return list as number[];
}

/** In the order of the choices, each once. */
function readChoices(field: Field & { choices: readonly string[] }, value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) throw wrongType(field, value);
  for (const item of value) {
    if (!field.choices.includes(item)) {
      throw new FieldProblem(
        `holds ${printable(JSON.stringify(item), { max: SHOWN })}, ${suggest(String(item), field.choices)}`,
      );
    }
  }
  return field.choices.filter((choice) => value.includes(choice));
}

function inRange({ min, max, above, below }: Range, value: number): boolean {
  return !((min !== undefined && value < min) || (max !== undefined && value > max) ||
    (above !== undefined && value <= above) || (below !== undefined && value >= below));
}

/** The smallest and the largest magnitude of float32, in which everything is computed. */
const FLOAT32 = { min: 2 ** -126, max: (2 - 2 ** -23) * 2 ** 127 };

/** @throws {FieldProblem} If the number becomes 0 or infinite in float32, or reaches a bound that is not allowed. */
function checkFloat32({ above, below }: Range, value: number): void {
  const size = Math.abs(value), single = Math.fround(value);
  const becomes = size > FLOAT32.max
    ? "infinite"
    : size !== 0 && size < FLOAT32.min
    ? "0"
    : (above !== undefined && single <= above) || (below !== undefined && single >= below)
    ? String(single)
    : null;
  if (becomes === null) return;
  throw new FieldProblem(`becomes ${becomes} in float32, in which everything is computed, given ${value}`);
}
