/** A kind of record: its declaration, its one reader and its one writer. */
import { isObject, type JsonFields } from "../../common/is_object.ts";
import { faultsOf, type InferFields, object, type Rules, shown } from "./rules.ts";
import { sealed, takeSeal } from "./seal.ts";

/** Lifts the content of a file from one version to the next. It never throws: the rules find faults afterwards. */
export type Migration = (old: JsonFields) => JsonFields;

/** The declaration of a kind of record. */
export interface KindDeclaration<S extends string, F extends Rules> {
  /** Value of the field `schema`: "realfeatures/cell". */
  readonly schema: S;
  /** In messages: "the record of a cell". */
  readonly what: string;
  /** A rule for each field but `schema`, `version` and `sha256`. */
  readonly fields: F;
  /**
   * One for each version but the newest, the first from 1 to 2. The newest version is one more than there are.
   * Default: none.
   */
  readonly migrations?: readonly Migration[];
  /** Whether files of version 1 have `schemaVersion: 1` in the place of `schema` and `version`. Default: false. */
  readonly unnamedAtFirst?: boolean;
  /** Whether files of the newest version must have a seal; older ones may. Default: true. */
  readonly sealed?: boolean;
  /** Faults between fields that are right by themselves. Default: none. */
  readonly together?: (record: InferFields<F>) => readonly string[];
}

/** The fields that identify the kind of a file. */
export interface RecordHeader<S extends string> {
  readonly schema: S;
  readonly version: number;
}

/** The record in a file, or the reason why the file cannot be used. */
export type ReadResult<T> = Found<T> | Unreadable;

/** The record in a file, in the newest version. */
export interface Found<T> {
  /** Without the seal. */
  readonly value: T;
  /** Whether the file has a seal, which was right. */
  readonly sealed: boolean;
  /** The version of the file; {@linkcode value} is migrated where it is not the newest. */
  readonly version: number;
}

/** Why a file cannot be used. */
export interface Unreadable {
  readonly fault: string;
  /** Whether a later version of this program wrote it, so that nothing may touch it. */
  readonly later: boolean;
}

/** A kind of record. */
export interface RecordKind<S extends string, T extends RecordHeader<S>> {
  readonly schema: S;
  /** The newest version. */
  readonly version: number;
  /** Reads the text of a file. */
  read(text: string): ReadResult<T>;
  /** Checks parsed JSON: its version, every field, that all numbers are finite, and the seal. */
  check(json: unknown): ReadResult<T>;
  /**
   * The record in parsed JSON.
   *
   * @throws {SyntaxError} If the JSON holds no valid record; the message names every fault by its field.
   */
  parse(json: unknown): T;
  /** A record of its fields: adds `schema` and `version`. */
  of(fields: Omit<T, keyof RecordHeader<S>>): T;
  /**
   * The text of a file, sealed.
   *
   * @throws {RangeError} If a number is not finite.
   */
  write(record: T): string;
}

/** The type of a kind's records. */
export type RecordOf<K> = K extends RecordKind<infer _S, infer T> ? T : never;

/** Declares a kind of record. */
export function recordKind<const S extends string, const F extends Rules>(
  declaration: KindDeclaration<S, F>,
): RecordKind<S, RecordHeader<S> & InferFields<F>> {
  type T = RecordHeader<S> & InferFields<F>;
  const { schema, what, fields, migrations = [], together, sealed: mustBeSealed = true } = declaration;
  const version = migrations.length + 1, whole = object(fields);
  const check = (json: unknown): ReadResult<T> => {
    if (!isObject(json)) return unreadable("it is not a JSON object");
    const { content, sealed, fault: broken } = takeSeal(json);
    const found = versionOf(content, declaration);
    if (typeof found === "string") return unreadable(found);
    if (found > version) {
      const fault = `version is ${found}, known are 1 to ${version}`;
      return broken === null
        ? unreadable(`it was written by a later version of this program: ${fault}`, true)
        : unreadable(fault);
    }
    const value = { ...migrated(content, { found, migrations }), schema, version };
    const faults = faultsOf(whole, value);
    if (faults.length === 0) faults.push(...together?.(value as unknown as InferFields<F>) ?? []);
    if (faults.length === 0 && broken !== null) faults.push(broken);
    if (faults.length === 0 && mustBeSealed && !sealed) {
      faults.push(...unsealedFaults(value, { found, version, fields }));
    }
    if (faults.length === 0) return { value: value as unknown as T, sealed, version: found };
    return unreadable(
      (found < version ? `of version ${found}, read as ${version}: ` : "") + faults.join("; "),
    );
  };
  return {
    schema,
    version,
    check,
    read: (text) => {
      try {
        return check(JSON.parse(text));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return unreadable(`it is not JSON, ${error.message}`);
      }
    },
    parse: (json) => {
      const found = check(json);
      if ("value" in found) return found.value;
      throw new SyntaxError(`Cannot read ${what}: ${found.fault}`);
    },
    of: (own) => ({ schema, version, ...own }) as unknown as T,
    write: (record) => JSON.stringify(mustBeSealed ? sealed(record) : record, null, 2) + "\n",
  };
}

function unreadable(fault: string, later = false): Unreadable {
  return { fault, later };
}

/** The version that a file says it has, or why it has none. */
function versionOf(
  content: JsonFields,
  { schema, unnamedAtFirst = false }: Pick<KindDeclaration<string, Rules>, "schema" | "unnamedAtFirst">,
): number | string {
  const { schemaVersion, version } = content;
  if (unnamedAtFirst && content.schema === undefined && schemaVersion !== undefined) {
    return schemaVersion === 1 ? 1 : `schemaVersion is ${shown(schemaVersion)}, known is 1`;
  }
  if (content.schema !== schema) return `schema is not ${schema}, got ${shown(content.schema)}`;
  const isVersion = typeof version === "number" && Number.isInteger(version) &&
    version >= (unnamedAtFirst ? 2 : 1);
  return isVersion ? version : `version is not known, got ${shown(version)}`;
}

function migrated(
  content: JsonFields,
  { found, migrations }: { found: number; migrations: readonly Migration[] },
): JsonFields {
  if (found > migrations.length) return content;
  const { schemaVersion: _first, ...old } = content;
  return migrations.slice(found - 1).reduce((fields: JsonFields, lift) => lift(fields), old);
}

/** Without a seal nothing tells an edited file, but a damaged name of the seal is a field that nobody knows. */
function unsealedFaults(
  value: JsonFields,
  { found, version, fields }: { found: number; version: number; fields: Rules },
): string[] {
  if (found === version) return ["sha256 is missing"];
  const unknown = Object.keys(value).find((key) =>
    key !== "schema" && key !== "version" && !Object.hasOwn(fields, key)
  );
  return unknown === undefined
    ? []
    : [`it has no sha256, but an unknown field ${shown(unknown)}, it was damaged or edited`];
}
