/** What a run folder holds of a cell. */
import { canonicalJson } from "../../common/canonical_json.ts";
import type { CellDescription } from "./cell.ts";
import type { CellKey, KeyContext } from "./cell_key.ts";
import { differences } from "../record/differences.ts";
import { adapterIdentity } from "../adapter/surroundings.ts";
import { recordedConfig, withoutLabels } from "../record/record.ts";
import { readCellRecord } from "../records/cell_record.ts";
import type { CellRecord } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";

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
export interface ExpectedCell extends KeyContext {
  readonly key: CellKey;
}

/**
 * The state of a cell.
 *
 * @param found The text of its record; null where there is none.
 * @throws {UsageError} If the record was written by a later version: nothing must touch it.
 */
export function stateOf(cell: CellDescription, found: string | null, expected: ExpectedCell): CellState {
  if (found === null) return { state: "to do", record: null, why: [] };
  const read = readCellRecord(found, cell.name);
  if ("fault" in read) {
    if (!read.later) return { state: "corrupt", why: [read.fault] };
    throw new UsageError(
      `Cannot continue: the record of ${cell.name} cannot be used, ${read.fault}\n` +
        "Hint: a later version of realfeatures wrote it, resume with that one; nothing was changed",
    );
  }
  const { value: known, sealed } = read;
  if (known.status === "failed" || known.status === "skipped") {
    return {
      state: "to do",
      record: known,
      why: [`it ${known.status === "failed" ? "failed" : "was skipped"}`],
    };
  }
  if (known.key === expected.key.key) {
    return sealed ? { state: "done", record: known } : { state: "stale", record: known, why: [NO_SEAL] };
  }
  return { state: "stale", record: known, why: partsOf(cell, known, expected) };
}

/** Why a record is not kept or reused that has the right key: nothing tells whether its numbers are those written. */
export const NO_SEAL = "it has no sha256, an earlier version wrote it or it is damaged";

/** Which parts of the key differ. */
function partsOf(cell: CellDescription, record: CellRecord, expected: ExpectedCell): string[] {
  const { key: { code, inputs }, dataset, adapter, readPath } = expected;
  const config = (value: unknown) => withoutLabels(JSON.parse(canonicalJson(value)));
  const parts = [
    ...differences("config", { found: config(record.config), expected: config(recordedConfig(cell)) }),
    ...differences("seed", { found: record.seed, expected: cell.seed }),
    ...differences("dataset.sha256", { found: record.dataset.sha256, expected: dataset.sha256 }),
    ...differences("adapter", {
      found: adapterIdentity(record.machine),
      expected: adapter,
    }),
    ...differences("readPath", { found: record.readPath, expected: readPath }),
    ...(record.codeHash === code ? [] : ["the code that it uses"]),
  ];
  for (const [name, input] of Object.entries(inputs)) {
    if (record.inputs?.[name] !== input) parts.push(`its input ${name}`);
  }
  return parts.length > 0 ? parts : [`key: found ${show(record.key)}, expected ${show(expected.key.key)}`];
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
