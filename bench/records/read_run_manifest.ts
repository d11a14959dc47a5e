/** The one reader of `run.json`. */
import { SCHEMA_VERSION } from "./cell_record.ts";
import {
  amount,
  anyObject,
  cellName,
  count,
  list,
  name,
  object,
  optional,
  positiveCount,
  type Rule,
  sha256,
  text,
  time,
} from "./field_rules.ts";
import { type ReadResult, readSealed, readSealedText, type RecordKind, valueOf } from "./read_sealed.ts";
import type { RunIdentity, RunManifest } from "./run_manifest.ts";

/** Reads the text of a run's manifest. */
export function readRunManifest(text: string): ReadResult<RunManifest> {
  return readSealedText(text, RUN_MANIFEST);
}

/**
 * Checks that parsed JSON is a run's manifest.
 *
 * @returns It, without the hash of itself.
 * @throws {SyntaxError} If a field is missing or has the wrong type, or the hash of itself is another one.
 */
export function parseRunManifest(json: unknown): RunManifest {
  return valueOf("run.json", readSealed<RunManifest>(json, RUN_MANIFEST));
}

const IDENTITY: Readonly<Record<keyof RunIdentity, Rule>> = {
  benchmarkVersion: sha256,
  dataset: object({ name: text, sha256 }),
  adapter: text,
  kernelVariant: text,
};

const FIELDS: Readonly<Record<keyof RunManifest, Rule>> = {
  schemaVersion: count,
  runId: text,
  suite: name,
  description: text,
  preset: anyObject,
  command: text,
  startedAt: time,
  durationMs: amount,
  resumedAt: optional(list(time)),
  jobs: optional(positiveCount),
  identity: optional(object(IDENTITY)),
  cells: list(cellName),
};

const RUN_MANIFEST: RecordKind = { version: SCHEMA_VERSION, fields: FIELDS };
