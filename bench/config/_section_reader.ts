import { printable } from "../../common/printable.ts";
import { suggest } from "../../common/nearest.ts";
import { describeValue, type Field, FieldProblem, type Fields, readField } from "./preset_field.ts";
import { UsageError } from "../../common/usage_error.ts";
import { yamlLine } from "./_yaml_line.ts";

/** An unchecked YAML mapping. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Reads one section of a preset, and knows where it stands for the errors it throws. */
export class SectionReader {
  readonly #raw: Mapping;
  readonly #file: { readonly text: string; readonly source: string };
  readonly #path: readonly string[];

  /**
   * @param raw The section's value as YAML gave it.
   * @param options.path Keys that lead to it, none for the whole file.
   * @throws {UsageError} If the value is not a mapping.
   */
  constructor(raw: unknown, options: { text: string; source: string; path?: readonly string[] }) {
    this.#file = options;
    this.#path = options.path ?? [];
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      throw this.error(null, `must be a mapping of keys to values, given ${describeValue(raw)}`);
    }
    this.#raw = raw as Mapping;
  }

  /** Whether a key stands there at all. */
  has(key: string): boolean {
    return key in this.#raw;
  }

  /** Whether a key stands there as `null`. */
  isNull(key: string): boolean {
    return key in this.#raw && this.#raw[key] === null;
  }

  /** The section under a key; a missing or empty one stands for all defaults. */
  section(key: string): SectionReader {
    return new SectionReader(this.#raw[key] ?? {}, { ...this.#file, path: [...this.#path, key] });
  }

  /**
   * Refuses every key that is not known.
   *
   * @param of Words that say for what the known keys hold: "of cifar10".
   * @throws {UsageError} If there is one, with the nearest known key.
   */
  checkKeys(known: readonly string[], of = ""): void {
    for (const key of Object.keys(this.#raw)) {
      if (known.includes(key)) continue;
      throw this.error(key, `is not a known key${of && ` ${of}`}, ${suggest(key, known)}`);
    }
  }

  /** Reads every field of a table; `defaults` come before the table's own. */
  fields<T>(fields: Fields<T>, defaults: object = {}): T {
    const own = defaults as Mapping;
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries<Field>(fields)) {
      result[key] = this.field(key, key in own ? { ...field, default: own[key] } : field);
    }
    return result as T;
  }

  /**
   * Reads one field.
   *
   * @throws {UsageError} If it is missing without a default, of a wrong type or out of range.
   */
  field<T>(key: string, field: Field<T>): T {
    const value = this.#raw[key];
    if (value === undefined) {
      if (field.default === undefined) throw this.error(key, `is missing, ${field.help}`);
      return field.default;
    }
    try {
      return readField(field as Field, value) as T;
    } catch (error) {
      if (error instanceof FieldProblem) throw this.error(key, error.message);
      throw error;
    }
  }

  /** An error about a key of this section, or about the section itself (null), with file, line and full path. */
  error(key: string | null, problem: string): UsageError {
    const { text, source } = this.#file;
    const path = key === null ? this.#path : [...this.#path, key];
    const line = yamlLine(text, path);
    const where = line === null ? source : `${source}, line ${line}`;
    const name = printable(path.join("."), { most: 200 }) || "the file";
    return new UsageError(`Cannot read preset ${printable(where)}: ${name} ${problem}`);
  }
}

/** The defaults of a table whose keys all have one. */
export function defaultsOf<T>(fields: Fields<T>): T {
  return Object.fromEntries(Object.entries<Field>(fields).map(([key, field]) => [key, field.default])) as T;
}
