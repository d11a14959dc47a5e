/** The numbers of a record that can be compared, by name. */

import type { PeersRecord } from "../peers/record.ts";
import type { PerfRecord } from "../perf/record.ts";

/** Samples of one quantity. */
export interface ComparedMetric {
  /** Unique within its record: "kernels / conv2d 128x32x32x16 to 16". */
  readonly name: string;
  readonly unit: string;
  /** Which direction is an improvement. */
  readonly better: "less" | "more";
  readonly samples: readonly number[];
}

/** All of a performance record: ceilings, kernels, training and attack steps, starts, device memory. */
export function perfMetrics({ ceilings, kernels, training, attacks, start }: PerfRecord): ComparedMetric[] {
  const times = (part: string, list: readonly { name: string; samplesMs: readonly number[] }[]) =>
    list.map(({ name, samplesMs }): ComparedMetric => ({
      name: `${part} / ${name}`,
      unit: "ms",
      better: "less",
      samples: samplesMs,
    }));
  const starts = start === null ? [] : (["cold", "second", "warm"] as const).map((kind) => ({
    name: kind,
    samplesMs: start[kind].map(({ totalMs }) => totalMs),
  }));
  return [
    ...ceilings.map(({ name, unit, samples }): ComparedMetric => ({
      name: `ceilings / ${name}`,
      unit,
      better: unit === "us" ? "less" : "more",
      samples,
    })),
    ...times("kernels", kernels),
    ...times("training", training),
    ...times("attacks", attacks),
    ...times("start", starts),
    ...training.map(({ name, peakBytes }): ComparedMetric => ({
      name: `peak memory / ${name}`,
      unit: "bytes",
      better: "less",
      samples: [peakBytes],
    })),
  ].filter(({ samples }) => samples.length > 0);
}

/** Every peer at every work that it could do; this engine's own rows are those that a change of ours changes. */
export function peersMetrics({ rows }: PeersRecord): ComparedMetric[] {
  return rows.filter(({ samplesMs }) => samplesMs.length > 0).map(({ work, peer, samplesMs }) => ({
    name: `${work} / ${peer}`,
    unit: "ms",
    better: "less",
    samples: samplesMs,
  }));
}
