/** What a run folder holds of a cell. */
import { canonicalJson } from "../record/canonical.ts";
import type { CellDescription } from "./cell.ts";
import type { CellKey, KeyContext } from "./cell_key.ts";
import { differences } from "../record/differences.ts";
import { adapterIdentity } from "../adapter/surroundings.ts";
import { recordedConfig, withoutLabels } from "../record/record.ts";
import { type CellRecord, SCHEMA_VERSION } from "../schema.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** Whether a cell has to run. */
export type CellState =
  /** Its record has its key: it need not run. */
  | { readonly state: "done"; readonly record: CellRecord }
  /** It failed or was skipped, or there is nothing of it. */
  | { readonly state: "to do"; readonly record: CellRecord | null; readonly why: readonly string[] }
  /** It was computed, but from something else: each line of `why` is a part of the key that differs. */
  | { readonly state: "stale"; readonly record: CellRecord; readonly why: readonly string[] }
  /** There is a file, but no record in it. */
  | { readonly state: "corrupt"; readonly why: readonly string[] };

/** What a cell is expected to be. */
export interface Expected extends KeyContext {
  readonly key: CellKey;
}

/**
 * The state of a cell.
 *
 * @param found The text of its record; null where there is none.
 * @throws {UsageError} If the record was written by a later version: nothing must touch it.
 */
export function stateOf(cell: CellDescription, found: string | null, expected: Expected): CellState {
  if (found === null) return { state: "to do", record: null, why: [] };
  const known = readRecord(found, cell.name);
  if ("fault" in known) {
    if (!known.later) return { state: "corrupt", why: [known.fault] };
    throw new UsageError(
      `Cannot go on: the record of ${cell.name} ${known.fault}\n` +
        "Hint: a later version of realfeatures wrote it, go on with that one; nothing was changed",
    );
  }
  if (known.status === "failed" || known.status === "skipped") {
    return {
      state: "to do",
      record: known,
      why: [`it ${known.status === "failed" ? "failed" : "was skipped"}`],
    };
  }
  if (known.key === expected.key.key) return { state: "done", record: known };
  return { state: "stale", record: known, why: partsOf(cell, known, expected) };
}

/** A text as the record of a cell; or why it is none, and whether that is because a later version wrote it. */
export function readRecord(text: string, name: string): CellRecord | { fault: string; later: boolean } {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    return { fault: `it cannot be read, ${(error as Error).message}`, later: false };
  }
  const version = isObject(record) ? record.schemaVersion : null;
  if (typeof version === "number" && version > SCHEMA_VERSION) {
    return { fault: `has schemaVersion ${version}, known is ${SCHEMA_VERSION}`, later: true };
  }
  const fault = faultOf(record, name);
  return fault === null ? record as CellRecord : { fault, later: false };
}

function faultOf(record: unknown, name: string): string | null {
  if (!isObject(record)) return "it is no object";
  const { schemaVersion, benchmark, status, metrics, artifacts } = record;
  if (schemaVersion !== SCHEMA_VERSION) {
    return `schemaVersion: found ${show(schemaVersion)}, expected ${SCHEMA_VERSION}`;
  }
  if (benchmark !== name) return `benchmark: found ${show(benchmark)}, expected ${show(name)}`;
  if (typeof status !== "string" || !["ok", "quick", "failed", "skipped"].includes(status)) {
    return `status: found ${show(status)}`;
  }
  if (!isObject(metrics)) return "it holds no metrics";
  if (!Array.isArray(artifacts) || !artifacts.every(isObject)) return "it lists no artifacts";
  return null;
}

/** Which parts of the key differ. */
function partsOf(cell: CellDescription, record: CellRecord, expected: Expected): string[] {
  const { key: { code, inputs }, dataset, adapter, kernelVariant } = expected;
  const config = (value: unknown) => withoutLabels(JSON.parse(canonicalJson(value)));
  const parts = [
    ...differences("config", { found: config(record.config ?? {}), expected: config(recordedConfig(cell)) }),
    ...differences("seed", { found: record.seed, expected: cell.seed }),
    ...differences("dataset.sha256", { found: record.dataset?.sha256, expected: dataset.sha256 }),
    ...differences("adapter", {
      found: record.machine?.adapter && adapterIdentity(record.machine),
      expected: adapter,
    }),
    ...differences("kernelVariant", { found: record.kernelVariant, expected: kernelVariant }),
    ...(record.benchmarkVersion === code ? [] : ["the code that it uses"]),
  ];
  for (const [name, input] of Object.entries(inputs)) {
    if (record.inputs?.[name] !== input) parts.push(`its input ${name}`);
  }
  return parts.length > 0 ? parts : [`key: found ${show(record.key)}, expected ${show(expected.key.key)}`];
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
