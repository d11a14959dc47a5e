/** Times the training step on which frameworks are compared, alone. */

import type { Gpu } from "../../engine/device/device.ts";
import { createPeerWorkload } from "../peers/workload.ts";
import type { Soak, TrainingTime } from "../records/perf_record.ts";
import type { SamplingOptions } from "./sample.ts";
import { timeSteps } from "./time_steps.ts";

/** Times the training step of {@linkcode createPeerWorkload}. */
export async function measurePeerNetwork(gpu: Gpu, options: SamplingOptions): Promise<TrainingTime> {
  gpu.buffers.resetPeak();
  const since = performance.now();
  const workload = await createPeerWorkload(gpu);
  try {
    const times = await timeSteps(gpu, { options, since, step: workload.step });
    const { network: name, batchSize, parameters, flopsPerStep, dispatchesPerStep } = workload;
    const { peakBytes } = gpu.buffers;
    return { name, batchSize, parameters, flopsPerStep, dispatchesPerStep, ...times, peakBytes };
  } finally {
    workload.dispose();
  }
}

/** How long to train for leaks. */
export interface SoakOptions {
  readonly steps: number;
  /** Steps between two samples of the memory. */
  readonly every: number;
  readonly signal: AbortSignal;
  /** Returns the resident bytes of the process. Default: `Deno.memoryUsage`. */
  readonly rss?: () => number;
}

/** Trains the same network for many steps and samples the memory of device and process. */
export async function soak(
  gpu: Gpu,
  { steps, every, signal, rss = () => Deno.memoryUsage().rss }: SoakOptions,
): Promise<Soak> {
  const workload = await createPeerWorkload(gpu);
  const liveBytes: number[] = [], rssBytes: number[] = [];
  try {
    for (let done = 0; done < steps;) {
      for (const until = Math.min(steps, done + every); done < until; done++) workload.step();
      await gpu.idle();
      signal.throwIfAborted();
      liveBytes.push(gpu.buffers.liveBytes);
      rssBytes.push(rss());
    }
    return { network: workload.network, steps, every, liveBytes, rssBytes };
  } finally {
    workload.dispose();
  }
}
