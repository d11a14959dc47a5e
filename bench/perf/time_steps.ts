/** The stopwatch of all speed measurements. */

import type { Gpu } from "../../engine/device/device.ts";
import type { SamplingOptions } from "./sample.ts";

/** What to time. */
export interface Timed {
  /** Submits one step without waiting for it. */
  readonly step: () => void;
  /** When the making of the step began (`performance.now()`): the first step is counted from there. */
  readonly since: number;
  readonly options: SamplingOptions;
}

/** What was measured of a step. */
export interface StepTimes {
  /** Milliseconds a step, one for each sample; the clock stops when the device has finished. */
  readonly samplesMs: readonly number[];
  /** Steps in a sample. */
  readonly steps: number;
  /** From the making of the step to the end of the first one: recording, shaders and memory included. */
  readonly firstStepMs: number;
  /** Device bytes held after the first step and after the last. */
  readonly liveBytes: readonly [first: number, last: number];
}

/**
 * Runs one step, a second one that says how many make a sample long enough, then the samples, each on the clock. Where a
 * sample ends the device is waited for: its share of the wait is counted.
 */
export async function timeSteps(
  gpu: Gpu,
  { step, since, options: { samples, minSampleMs, signal } }: Timed,
): Promise<StepTimes> {
  step();
  await gpu.idle();
  const firstStepMs = performance.now() - since;
  const liveAfterFirst = gpu.buffers.liveBytes;
  const time = async (steps: number) => {
    await new Promise((resolve) => setTimeout(resolve)); // the host sees to its signals
    signal.throwIfAborted();
    const from = performance.now();
    for (let i = 0; i < steps; i++) step();
    await gpu.idle();
    return (performance.now() - from) / steps;
  };
  const steps = Math.max(1, Math.ceil(minSampleMs / await time(1)));
  const samplesMs: number[] = [];
  for (let i = 0; i < samples; i++) samplesMs.push(await time(steps));
  return { samplesMs, steps, firstStepMs, liveBytes: [liveAfterFirst, gpu.buffers.liveBytes] };
}
