/** The stopwatch of all speed measurements. */

import type { Gpu } from "../../engine/device.ts";

/** What to time. */
export interface Timed {
  /** Submits one step without waiting for it. */
  readonly step: () => void;
  /** When the making of the step began (`performance.now()`): the first step is counted from there. */
  readonly since: number;
  readonly steps: number;
  readonly repetitions: number;
  /** Looked at between repetitions. */
  readonly signal: AbortSignal;
}

/** What was measured of a step. */
export interface StepTimes {
  /** Milliseconds a step, one for each repetition; the clock stops when the device has finished. */
  readonly samplesMs: readonly number[];
  /** Steps in a repetition. */
  readonly steps: number;
  /** From the making of the step to the end of the first one: recording, shaders and memory included. */
  readonly firstStepMs: number;
  /** Device bytes held after the first step and after the last. */
  readonly liveBytes: readonly [first: number, last: number];
}

/** Runs one step, then `repetitions` times `steps` of them, each repetition on the clock. */
export async function timeSteps(
  gpu: Gpu,
  { step, since, steps, repetitions, signal }: Timed,
): Promise<StepTimes> {
  step();
  await gpu.idle();
  const firstStepMs = performance.now() - since;
  const liveAfterFirst = gpu.buffers.liveBytes;
  const samplesMs: number[] = [];
  for (let r = 0; r < repetitions; r++) {
    await new Promise((resolve) => setTimeout(resolve)); // the host sees to its signals
    signal.throwIfAborted();
    const from = performance.now();
    for (let i = 0; i < steps; i++) step();
    await gpu.idle();
    samplesMs.push((performance.now() - from) / steps);
  }
  return { samplesMs, steps, firstStepMs, liveBytes: [liveAfterFirst, gpu.buffers.liveBytes] };
}
