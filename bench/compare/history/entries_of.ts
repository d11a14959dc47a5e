/** From records to lines of a history. */
import { fullName, type SourceRecord } from "../sides/source.ts";
import { median } from "../../statistics/median.ts";
import { spread } from "../../statistics/spread.ts";
import { HISTORY_LINE, type HistoryLine, type HistoryMetric } from "../../records/history_line.ts";

/**
 * Makes lines of records: one line for all cells of a run, one for every other record.
 *
 * The cells of a run may have several commits, if it was resumed after a commit or reused cells: the line has the commit of
 * the newest cell.
 *
 * @throws {RangeError} If the cells have several presets, data sets or machines: they are several runs.
 */
export function entriesOf(records: readonly SourceRecord[]): HistoryLine[] {
  const cells = records.filter(({ kind }) => kind === "cells");
  const single = records.filter(({ kind }) => kind !== "cells");
  const groups = [...(cells.length > 0 ? [cells] : []), ...single.map((record) => [record])];
  return groups.map(entryOf).sort((a, b) => a.startedAt < b.startedAt ? -1 : 1);
}

function entryOf(records: readonly SourceRecord[]): HistoryLine {
  const [first] = records;
  for (const field of ["preset", "data", "readPath", "machine"] as const) {
    const other = records.find((record) => JSON.stringify(record[field]) !== JSON.stringify(first[field]));
    if (other === undefined) continue;
    throw new RangeError(
      `Cannot make one line of several runs: ${field} is ${
        JSON.stringify(first[field])
      } in ${first.path} and ` +
        `${JSON.stringify(other[field])} in ${other.path}`,
    );
  }
  const { kind, preset, commit, dirty, deno, machine, driver, readPath, jobs, data, recordVersion } = records
    .toSorted((a, b) => a.startedAt < b.startedAt ? -1 : 1).at(-1)!;
  const others = [...new Set(records.map((record) => record.commit))].filter((other) => other !== commit);
  const durations = records.map(({ durationMs }) => durationMs).filter((ms) => ms !== null);
  return HISTORY_LINE.of({
    startedAt: records.map(({ startedAt }) => startedAt).sort().at(-1)!,
    durationMs: durations.length === records.length ? durations.reduce((sum, ms) => sum + ms, 0) : null,
    kind,
    preset,
    commit,
    ...(others.length === 0 ? {} : { otherCommits: others }),
    dirty,
    runtime: { deno },
    machine,
    ...(driver === null ? {} : { driver }),
    readPath,
    jobs,
    data,
    recordVersion,
    configHashes: Object.fromEntries(records.map(({ cell, configHash }) => [cell, configHash])),
    unfinished: records.filter(({ done }) => !done).map(({ cell, seed }) => `${cell}/seed-${seed}`),
    metrics: metricsOf(records),
  });
}

/** Every quantity with its values by seed. */
function metricsOf(records: readonly SourceRecord[]): HistoryMetric[] {
  const all = records.flatMap(({ cell, seed, measurements }) =>
    measurements.map((measurement) => ({ cell, seed, measurement }))
  );
  const groups = Map.groupBy(all, ({ cell, measurement }) => fullName(cell, measurement.name));
  return [...groups.values()].map((group) => {
    const { cell, measurement: { name, kind, unit, better, images } } = group[0];
    const values = group.map(({ seed, measurement: { samples } }) => ({ seed, samples }));
    return { cell, name, kind, unit, better, images, ...summaryOf(kind, values), values };
  });
}

type Summary = Pick<HistoryMetric, "value" | "sd" | "n" | "interval" | "statistic">;

function summaryOf(kind: HistoryMetric["kind"], values: HistoryMetric["values"]): Summary {
  const samples = values.flatMap(({ samples }) => samples);
  const found = spread(kind === "time" ? samples : values.map(({ samples }) => samples[0]))!;
  if (kind !== "time") {
    const { mean, sd, n, interval, statistic } = found;
    return { value: mean, sd, n, interval, statistic };
  }
  const n = samples.length;
  return {
    value: median(samples),
    sd: found.sd,
    n,
    interval: n > 1 ? [Math.min(...samples), Math.max(...samples)] : null,
    statistic: n > 1 ? `median of ${n} samples, min and max` : "value of 1 sample",
  };
}
