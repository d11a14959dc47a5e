import { loadSide } from "../sides/load.ts";
import { UsageError } from "../../../common/usage_error.ts";
import { entriesOf } from "./entries_of.ts";
import type { HistoryLine } from "../../records/history_line.ts";
import { appendEntries } from "./history_file.ts";

/** The result of {@linkcode appendHistory}. */
export interface Appended {
  /** How many lines were added; an identical line is not added twice. */
  readonly added: number;
  /** The lines of the run, added or present before. */
  readonly entries: readonly HistoryLine[];
  /** Files of the run that were left out, and why. */
  readonly notes: readonly string[];
}

/**
 * Adds a line for a run (all its cells) or a single record to a history, and creates the file if necessary:
 * `deno task bench history PATH --append RUN`.
 *
 * @param path The history, a file of JSON lines.
 * @param run A run folder, a folder of records, or one record.
 * @throws {UsageError} If the run cannot be read or is several runs, or the history cannot be written or is of a later
 * version.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PERF_RECORD } from "../../records/perf_record.ts";
 * import { fakePerfRecord } from "../../perf/testing.ts";
 * import { appendHistory } from "./append_history.ts";
 * import { pruneHistory, readHistory } from "./history_file.ts";
 *
 * const dir = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${dir}/perf.json`, PERF_RECORD.write(fakePerfRecord()));
 * const { added } = await appendHistory(`${dir}/history.jsonl`, `${dir}/perf.json`);
 * const { entries } = await readHistory(`${dir}/history.jsonl`);
 * assertEquals([added, entries[0].kind], [1, "perf"]);
 * const { left } = await pruneHistory(`${dir}/history.jsonl`, { since: "2100-01-01" });
 * assertEquals(left, []);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function appendHistory(path: string, run: string): Promise<Appended> {
  const { records, notes } = await loadSide(run);
  let entries: HistoryLine[];
  try {
    entries = entriesOf(records);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
  return { added: await appendEntries(path, entries), entries, notes };
}
