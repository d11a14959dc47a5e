/** What of a record can be told to be wrong beyond its fields. */
import { type CodeHashes, codeName, keyOfRecord } from "../plan/cell_key.ts";
import { configHash } from "../record/env.ts";
import { withoutLabels } from "../record/record.ts";
import type { CellRecord } from "../records/mod.ts";

/** What a record is checked against. */
export interface Beside {
  /** The records of the folder, by cell. */
  readonly records: ReadonlyMap<string, CellRecord>;
  /** Of this program. */
  readonly code: CodeHashes;
}

/**
 * Whether configuration, key and inputs of a record belong together.
 *
 * @returns A line for each fault.
 */
export function recordFaults(record: CellRecord, { records, code }: Beside): string[] {
  const { config, configHash: hash, key, inputs, kind, paradigm } = record, faults: string[] = [];
  if (configHash(withoutLabels(config)) !== hash) faults.push("configHash is not that of its config");
  // What keys are made of is known of records of this code.
  const isOfThisCode = record.codeHash === code[codeName({ kind, paradigm })];
  if (key !== undefined && isOfThisCode && keyOfRecord(record) !== key) {
    faults.push("key is not that of what it says it was computed from");
  }
  for (const [name, input] of Object.entries(inputs)) {
    const found = records.get(name)?.key;
    if (found !== undefined && found !== input) {
      faults.push(
        `it was computed from another ${name} than the one in this folder, key ${input}, found ${found}`,
      );
    }
  }
  return faults;
}
