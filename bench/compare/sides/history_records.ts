/** Turns a line of a history back into records that can be compared. */
import type { HistoryLine } from "../../records/history_line.ts";
import type { Measurement, SourceRecord } from "./source.ts";

/** The records behind a line, without the outcomes of single images, which a history does not keep. */
export function recordsOf(entry: HistoryLine, path: string): SourceRecord[] {
  const found = new Map<string, SourceRecord & { readonly measurements: Measurement[] }>();
  const {
    startedAt,
    durationMs,
    machine,
    driver = null,
    readPath,
    jobs,
    commit,
    dirty,
    runtime: { deno },
    data,
    preset,
    kind,
    recordVersion,
  } = entry;
  const facts = {
    path,
    kind,
    recordVersion,
    preset,
    data,
    machine,
    driver,
    readPath,
    jobs,
    commit,
    dirty,
    deno,
  };
  const recordAt = (cell: string, seed: number | null, done: boolean) => {
    const key = `${cell}/seed-${seed}`;
    const record = found.get(key) ??
      {
        ...facts,
        cell,
        seed,
        configHash: entry.configHashes[cell] ?? "",
        config: null,
        startedAt,
        durationMs,
        done,
        measurements: [] as Measurement[],
      };
    found.set(key, record);
    return record.measurements;
  };
  for (const { cell, name, kind, unit, better, images, values } of entry.metrics) {
    for (const { seed, samples } of values) {
      recordAt(cell, seed, true).push({ name, kind, unit, better, samples, images, outcomes: null });
    }
  }
  for (const name of entry.unfinished) {
    const parts = /^(.*)\/seed-(\d+)$/.exec(name);
    if (parts !== null) recordAt(parts[1], Number(parts[2]), false);
  }
  return [...found.values()];
}
