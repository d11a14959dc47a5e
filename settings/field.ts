/** The language of settings: what one key of a preset may hold, and what it means. */
import { NAME_ALPHABET } from "../common/checked_name.ts";

/** One key of a preset: its type, range, unit, default and help. Without a default the key is required. */
export type Field<T = unknown> = FieldKind & {
  /** What the value means, in a few words. */
  readonly help: string;
  readonly default?: T;
  /** The default in words, where it depends on other keys: "2.5 eps / steps". Whoever reads the key computes it. */
  readonly defaultText?: string;
  /** Whether `null` is allowed. */
  readonly nullable?: boolean;
  /** Earlier names of the key: a preset that uses one is refused with the present name. */
  readonly renamedFrom?: readonly string[];
};

type FieldKind =
  | { readonly kind: "text" | "name" | "flag" }
  | { readonly kind: "choice" | "choices"; readonly choices: readonly string[] }
  | ({ readonly kind: "integer" | "number" | "amount" } & Range & Quantity)
  | ({ readonly kind: "integers" | "numbers" } & List & Range & Quantity);

/** What a number counts or measures. */
interface Quantity {
  /** "images", "epochs", "pixels", "fraction"; "1" for a pure number. Amounts are in pixel units, where white is 1. */
  readonly unit: string;
}

/** How many numbers a list holds: from one to 64 by default; in `distinct` lists no number stands twice. */
export interface List {
  readonly length?: number;
  readonly maxItems?: number;
  readonly distinct?: boolean;
  readonly mayBeEmpty?: boolean;
}

/** `min` and `max` are allowed values, `above` and `below` are not. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/** A field for every key of T: a key without one does not compile. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

/** A table of fields, whatever they describe. */
export type AnyFields = Readonly<Record<string, Field>>;

/** The type of a field in words: "an integer from 1 to 50000". */
export function describeField(field: Field): string {
  const or = field.nullable ? " or null" : "";
  switch (field.kind) {
    case "text":
      return `a text${or}`;
    case "name":
      return `a name of ${NAME_ALPHABET}${or}`;
    case "flag":
      return `true or false${or}`;
    case "choice":
      return `one of ${field.choices.join(", ")}${or}`;
    case "integer":
      return `an integer${describeRange(field)}${or}`;
    case "number":
      return `a number${describeRange(field)}${or}`;
    case "amount":
      return `a number or a fraction such as "8/255"${describeRange(field)}${or}`;
    case "integers":
    case "numbers":
      return `a list of ${describeLength(field)}${field.kind}${describeRange(field)}${or}`;
    case "choices":
      return `a list of some of ${field.choices.join(", ")}${or}`;
  }
}

function describeLength({ length, distinct = false }: List): string {
  return length !== undefined ? `${length} ` : distinct ? "distinct " : "";
}

/** The allowed numbers in words, with a space in front: " of at least 1 and below 2"; "" where any number is allowed. */
export function describeRange({ min, max, above, below }: Range): string {
  const low = min !== undefined ? ` of at least ${min}` : above !== undefined ? ` above ${above}` : "";
  const high = max !== undefined ? `at most ${max}` : below !== undefined ? `below ${below}` : "";
  if (low && high) return `${low} and ${high}`;
  return low || (high && ` of ${high}`);
}

/** The defaults of a table whose keys all have one. */
export function defaultsOf<T>(fields: Fields<T>): T {
  return Object.fromEntries(Object.entries<Field>(fields).map(([key, field]) => [key, field.default])) as T;
}
