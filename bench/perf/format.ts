/** What `bench perf` prints. */

import { formatTable, type TableColumn } from "../terminal/table.ts";
import type {
  AttackTime,
  Ceiling,
  PerfRecord,
  Soak,
  StartTime,
  StartTimes,
  TrainingTime,
} from "../records/perf_record.ts";
import { medianCeilings, standingOf } from "../statistics/roofline.ts";
import { median } from "../statistics/median.ts";

/** The record as text for people: a table for each part that was measured. */
export function formatPerf(record: PerfRecord): string {
  const { machine, readPath, ceilings, training, attacks, start, soak, peakBytes } = record;
  const parts = [
    `${machine.name} (${machine.cpu})\nKernels: ${readPath}. Medians; the record holds every sample.\n`,
    ceilings.length > 0 && ceilingTable(ceilings),
    record.kernels.length > 0 && kernelTable(record),
    training.length > 0 && trainingTable(training),
    attacks.length > 0 && attackTable(attacks),
    start !== null && startTable(start),
    soak !== null && soakText(soak),
    peakBytes > 0 && `Peak device memory: ${megabytes(peakBytes)}.\n`,
  ];
  return parts.filter((part) => part !== false).join("\n");
}

function right(...titles: string[]): TableColumn[] {
  return titles.map((title) => ({ title, align: "right" }));
}

function ceilingTable(ceilings: readonly Ceiling[]): string {
  return formatTable(
    [{ title: "ceiling" }, ...right("median", "min", "max"), { title: "unit" }],
    ceilings.map(({ name, unit, samples }) => [
      name,
      ...[median(samples), Math.min(...samples), Math.max(...samples)].map(short),
      unit,
    ]),
  );
}

function kernelTable({ kernels, ceilings }: PerfRecord): string {
  const limits = medianCeilings(ceilings);
  const rows = kernels.map((kernel) => {
    const standing = standingOf(kernel, limits);
    const { name, flops, bytes, samplesMs } = kernel, ms = median(samplesMs);
    return [
      name,
      short(ms),
      flops === 0 ? "-" : short(flops / ms / 1e6),
      short(bytes / ms / 1e6),
      flops === 0 ? "-" : short(flops / bytes),
      ...(standing === null ? ["-", "-"] : [standing.bound, `${(standing.share * 100).toFixed(0)} %`]),
    ];
  });
  return formatTable([
    { title: "kernel" },
    ...right("ms", "GFLOP/s", "GB/s", "flop/byte"),
    { title: "bound" },
    ...right("share of it"),
  ], rows) + "Runs are timed together and waited for once; nothing is subtracted.\n";
}

function trainingTable(training: readonly TrainingTime[]): string {
  const speeds = formatTable(
    [
      { title: "training step" },
      ...right("batch", "images/s", "min", "max", "ms", "GFLOP/s", "dispatches"),
    ],
    training.map((step) => [...speedCells(step)]),
  );
  const memory = formatTable(
    [
      { title: "training step" },
      ...right("parameters", "first step", "live after it", "live at the end", "peak"),
    ],
    training.map(({ name, parameters, firstStepMs, liveBytes: [first, last], peakBytes }) => [
      name,
      `${parameters}`,
      `${(firstStepMs / 1000).toFixed(1)} s`,
      megabytes(first),
      megabytes(last) + (last > first ? " GREW" : ""),
      megabytes(peakBytes),
    ]),
  );
  return `${speeds}\n${memory}`;
}

function attackTable(attacks: readonly AttackTime[]): string {
  return formatTable(
    [
      { title: "attack step" },
      ...right("batch", "images x steps/s", "min", "max", "ms", "GFLOP/s", "dispatches"),
    ],
    attacks.map(speedCells),
  );
}

function speedCells(step: Omit<AttackTime, "steps">): string[] {
  const { name, batchSize, samplesMs, flopsPerStep, dispatchesPerStep } = step;
  const perSecond = samplesMs.map((ms) => batchSize / ms * 1000);
  const ms = median(samplesMs);
  return [
    name,
    `${batchSize}`,
    median(perSecond).toFixed(0),
    Math.min(...perSecond).toFixed(0),
    Math.max(...perSecond).toFixed(0),
    short(ms),
    short(flopsPerStep / ms / 1e6),
    `${dispatchesPerStep}`,
  ];
}

function startTable({ network, cold, second, warm }: StartTimes): string {
  const seconds = (times: readonly StartTime[], part: keyof StartTime) =>
    (median(times.map((time) => time[part])) / 1000).toFixed(2);
  const table = formatTable(
    [
      { title: `start of ${network}` },
      ...right("seconds", "open", "compile", "first step", "second step", "before: load", "data"),
    ],
    [["cold", cold], ["second", second], ["warm", warm]].map(([name, times]) => [
      name as string,
      ...(["totalMs", "openMs", "compileMs", "stepMs", "nextStepMs", "loadMs", "dataMs"] as const).map((
        part,
      ) => seconds(times as readonly StartTime[], part)),
    ]),
  );
  return `${table}From opening the device to the end of the first training step, in new processes; cold: with no shader cached;\nsecond: with those that this start cached; warm: with those of both.\n`;
}

function soakText({ network, steps, liveBytes, rssBytes }: Soak): string {
  return `${steps} steps of ${network}: ${megabytes(liveBytes[0])} on the device, ${
    megabytes(liveBytes.at(-1)!)
  } at the end; the process ${megabytes(rssBytes[0])} at first, ${
    megabytes(Math.max(...rssBytes))
  } at most, ${megabytes(rssBytes.at(-1)!)} at the end.\n`;
}

/** Three digits or so. */
function short(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
