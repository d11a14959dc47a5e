/**
 * The one reader of a cell's record: whatever is kept, reused, reported, compared or verified passes it.
 */
import { type CellRecord, SCHEMA_VERSION } from "./cell_record.ts";
import { isArtifactPath } from "../../common/checked_name.ts";
import type { Fields } from "../../common/is_object.ts";
import {
  amount,
  anyObject,
  cellName,
  count,
  flag,
  list,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  orNull,
  positiveCount,
  type Rule,
  sha256,
  text,
  time,
} from "./field_rules.ts";
import { metrics } from "./metric_rules.ts";
import { type ReadResult, readSealed, readSealedText, type RecordKind, valueOf } from "./read_sealed.ts";

/**
 * Reads the text of a cell's record.
 *
 * @param cell The name that the record must have. Default: any.
 */
export function readCellRecord(text: string, cell?: string): ReadResult<CellRecord> {
  const found = readSealedText<CellRecord>(text, CELL_RECORD);
  if (cell === undefined || !("value" in found) || found.value.benchmark === cell) return found;
  return { fault: `benchmark is ${found.value.benchmark}, expected ${cell}`, later: false };
}

/**
 * Checks that parsed JSON is a cell's record.
 *
 * @returns It, without the hash of itself.
 * @throws {SyntaxError} If a field is missing, has the wrong type or an impossible value, or the hash of itself is another
 * one; the message names every fault.
 */
export function parseCellRecord(json: unknown): CellRecord {
  return valueOf("record", readSealed<CellRecord>(json, CELL_RECORD));
}

const FIELDS: Readonly<Record<keyof CellRecord, Rule>> = {
  schemaVersion: count,
  runId: text,
  reusedFrom: optional(text),
  suite: text,
  benchmark: cellName,
  kind: oneOf("train", "probe", "attack", "construct", "perf"),
  benchmarkVersion: sha256,
  key: optional(sha256),
  inputs: optional(mapOf(sha256)),
  commit: orNull(text),
  dirty: orNull(flag),
  config: anyObject,
  configHash: sha256,
  seed: count,
  paradigm: orNull(cellName),
  featureSet: orNull(text),
  training: optional(oneOf("standard", "adversarial", null)),
  dataset: object({ name: text, sha256 }),
  machine: object({
    name: text,
    os: text,
    cpu: text,
    cores: positiveCount,
    driver: optional(orNull(text)),
    adapter: object({
      vendor: text,
      architecture: text,
      device: text,
      description: text,
      isFallback: flag,
      backend: optional(text),
      features: list(text),
      limits: mapOf(number),
    }),
  }),
  runtime: object({ deno: text, v8: text, typescript: text, lockSha256: optional(orNull(sha256)) }),
  kernelVariant: text,
  kernelChoices: optional(mapOf(text)),
  jobs: optional(positiveCount),
  startedAt: time,
  durationMs: amount,
  status: oneOf("ok", "failed", "skipped", "quick"),
  reason: orNull(text),
  metrics,
  timings: optional(list(object({ name: text, units: amount, durationMs: amount, samples: list(amount) }))),
  checks: list(object({ name: text, passed: flag, detail: text })),
  warnings: list(text),
  artifacts: list(object({ kind: text, path: text, sha256 })),
};

const CELL_RECORD: RecordKind = { version: SCHEMA_VERSION, fields: FIELDS, together };

/** The files of a record lie in the folder of its cell, each once. */
function together(fields: Fields): string[] {
  const { benchmark, artifacts } = fields as unknown as CellRecord;
  const paths = artifacts.map(({ path }) => path);
  return paths.flatMap((path, i) => [
    ...(isArtifactPath(benchmark, path)
      ? []
      : [`artifacts[${i}].path leads out of the folder of ${benchmark}, got ${path}`]),
    ...(paths.indexOf(path) < i ? [`artifacts name ${path} twice`] : []),
  ]);
}
