/** What reading of records has in common: version, fields, and the hash of itself. */
import { type Fields, isObject } from "../../common/is_object.ts";
import { type Rule, shown } from "./field_rules.ts";
import { takeSeal } from "./seal.ts";

/** What a file holds, or why it cannot be used. */
export type ReadResult<T> =
  | {
    /** Without the hash of itself. */
    readonly value: T;
    /** Whether it has a hash of itself; records of earlier versions have none. */
    readonly sealed: boolean;
  }
  | {
    readonly fault: string;
    /** Whether a later version wrote it, so that nothing must touch it. */
    readonly later: boolean;
  };

/** What a kind of record is checked by. */
export interface RecordKind {
  readonly version: number;
  /** A rule for each field. */
  readonly fields: Readonly<Record<string, Rule>>;
  /** Faults between fields that are right by themselves. */
  readonly together?: (fields: Fields) => string[];
}

/** Reads the text of a record. */
export function readSealedText<T>(text: string, kind: RecordKind): ReadResult<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { fault: `it is not JSON, ${(error as Error).message}`, later: false };
  }
  return readSealed(json, kind);
}

/** Checks parsed JSON: its version, every field, that all numbers are finite, and the hash of itself. */
export function readSealed<T>(json: unknown, { version, fields, together }: RecordKind): ReadResult<T> {
  const refuse = (fault: string, later = false): ReadResult<T> => ({ fault, later });
  if (!isObject(json)) return refuse("it is not a JSON object");
  const found = json.schemaVersion, { content, sealed, fault } = takeSeal(json);
  if (found !== version) {
    const later = typeof found === "number" && found > version && fault === null;
    return refuse(`schemaVersion is ${shown(found)}, known is ${version}`, later);
  }
  const faults = Object.entries(fields).flatMap(([name, rule]) => rule(json[name], name));
  if (faults.length === 0) faults.push(...together?.(json) ?? []);
  if (faults.length === 0 && fault !== null) faults.push(fault);
  const unknown = Object.keys(content).find((name) => !Object.hasOwn(fields, name));
  if (faults.length === 0 && !sealed && unknown !== undefined) {
    faults.push(`it has no hash of itself, but an unknown field ${shown(unknown)}, it was damaged or edited`);
  }
  return faults.length > 0 ? refuse(faults.join("; ")) : { value: content as T, sealed };
}

/**
 * The value that was read.
 *
 * @throws {SyntaxError} If there is none.
 */
export function valueOf<T>(what: string, found: ReadResult<T>): T {
  if ("value" in found) return found.value;
  throw new SyntaxError(`Cannot read ${what}: ${found.fault}`);
}
