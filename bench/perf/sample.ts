/** The stopwatch of kernels and ceilings: as many runs as a sample needs to be long enough. */

import type { Gpu } from "../../engine/device/device.ts";

/** How often and how long to time. */
export interface SamplingOptions {
  readonly samples: number;
  /** A sample takes at least about this long, so that the one wait in it weighs little. */
  readonly minSampleMs: number;
  /** Looked at between samples. */
  readonly signal: AbortSignal;
}

/** What was timed. */
export interface Sampled {
  /** Runs in a sample. */
  readonly runs: number;
  /** Milliseconds a run, one for each sample; the wait at a sample's end is not subtracted. */
  readonly samplesMs: readonly number[];
}

/** No sample repeats more than this. */
const MAX_RUNS = 100_000;

/**
 * Times `submit(runs)`, which submits that many runs without waiting. The first run, in which drivers compile, is not
 * counted; then the number of runs grows, which warms up, until they take long enough: they are the first sample.
 */
export async function sample(
  gpu: Gpu,
  submit: (runs: number) => void,
  { samples, minSampleMs, signal }: SamplingOptions,
): Promise<Sampled> {
  const time = async (runs: number) => {
    await new Promise((resolve) => setTimeout(resolve)); // the host sees to its signals
    signal.throwIfAborted();
    const from = performance.now();
    submit(runs);
    await gpu.idle();
    return performance.now() - from;
  };
  await time(1);
  let runs = 1, ms = await time(runs);
  for (; ms < minSampleMs && runs < MAX_RUNS; ms = await time(runs)) {
    runs = Math.min(MAX_RUNS, Math.ceil(runs * Math.min(16, Math.max(1.2, 1.1 * minSampleMs / ms))));
  }
  const samplesMs = [ms / runs];
  while (samplesMs.length < samples) samplesMs.push(await time(runs) / runs);
  return { runs, samplesMs };
}
