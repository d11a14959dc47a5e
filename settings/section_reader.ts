/** Reads mappings of settings; errors name file, line and key. */
import { isObject } from "../common/is_object.ts";
import { printable } from "../common/printable.ts";
import { suggest } from "../common/nearest.ts";
import type { AnyFields, Field, Fields } from "./field.ts";
import { describeValue, FieldProblem, readField } from "./read_field.ts";
import { yamlLine } from "./_yaml_line.ts";

/** An unchecked YAML mapping. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The file that settings are read from. */
export interface SettingsFile {
  readonly text: string;
  /** Its name, for errors. */
  readonly source: string;
  /** Makes the error that is thrown, from its message. Default: a `SyntaxError`. */
  readonly error?: (message: string) => Error;
}

/** Reads one section of a preset, and knows its place in the file for the errors that it throws. */
export class SectionReader {
  readonly #raw: Mapping;
  readonly #file: SettingsFile;
  readonly #path: readonly string[];

  /**
   * @param raw The section's value as YAML gave it.
   * @param options.path Keys that lead to it, none for the whole file.
   * @throws {Error} If the value is not a mapping.
   */
  constructor(raw: unknown, options: SettingsFile & { path?: readonly string[] }) {
    this.#file = options;
    this.#path = options.path ?? [];
    if (!isObject(raw)) {
      throw this.error(null, `must be a mapping of keys to values, given ${describeValue(raw)}`);
    }
    this.#raw = raw;
  }

  /** Whether the section holds a key. */
  has(key: string): boolean {
    return key in this.#raw;
  }

  /** Whether the section holds a key with the value `null`. */
  isNull(key: string): boolean {
    return key in this.#raw && this.#raw[key] === null;
  }

  /** The section under a key; a missing or empty one stands for all defaults. */
  section(key: string): SectionReader {
    return new SectionReader(this.#raw[key] ?? {}, { ...this.#file, path: [...this.#path, key] });
  }

  /** The keys of the section. */
  get keys(): string[] {
    return Object.keys(this.#raw);
  }

  /**
   * Refuses every key that is neither in the table nor in `others`.
   *
   * @param options.others Keys that are read elsewhere.
   * @param options.of Words that say for what the known keys hold: "of cifar10".
   * @throws {Error} With the nearest known key, or with the present name of a key that was renamed.
   */
  checkKeys(
    fields: AnyFields,
    { others = [], of = "" }: { others?: readonly string[]; of?: string } = {},
  ): void {
    const known = [...Object.keys(fields), ...others];
    for (const key of this.keys) {
      if (known.includes(key)) continue;
      const renamed = Object.entries(fields).find(([, { renamedFrom = [] }]) => renamedFrom.includes(key));
      if (renamed !== undefined) throw this.error(key, `was renamed, its name is ${renamed[0]}`);
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
   * @throws {Error} If it is missing without a default, of a wrong type or out of range.
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
  error(key: string | null, problem: string): Error {
    const { text, source, error = (message) => new SyntaxError(message) } = this.#file;
    const path = key === null ? this.#path : [...this.#path, key];
    const line = yamlLine(text, path);
    const where = line === null ? source : `${source}, line ${line}`;
    const name = printable(path.join("."), { max: 200 }) || "the file";
    return error(`Cannot read preset ${printable(where)}: ${name} ${problem}`);
  }
}
