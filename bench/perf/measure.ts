/**
 * Everything that `bench perf` measures, on one device. Each round takes one sample of every quantity, so the samples of a
 * quantity lie a round apart and their range reflects machine noise.
 */

import type { Backend } from "../../engine/device/backend.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { chosenBy, openBenchGpu } from "../adapter/bench_gpu.ts";
import type { Variants } from "../adapter/variants_option.ts";
import { gitState, machineInfo, runtimeInfo } from "../record/env.ts";
import { measurePgd } from "./attack.ts";
import { measureCeilings } from "./ceilings.ts";
import { kernelCases, selectCases } from "./kernel_cases.ts";
import { measureKernel } from "./kernels.ts";
import { measureParadigm, paradigmCells } from "./paradigm_steps.ts";
import { measurePeerNetwork, soak } from "./peer_network.ts";
import {
  type AttackTime,
  type Ceiling,
  type KernelTime,
  PERF_RECORD,
  type PerfRecord,
  type TrainingTime,
} from "../records/perf_record.ts";
import { joinCeilings, joinRounds, joinSamples, joinTrainings } from "./rounds.ts";
import type { SamplingOptions } from "./sample.ts";
import { measureStarts } from "./start.ts";
import { GOAL, measureTraining } from "./training.ts";

/** The parts in the order in which they are measured. */
export const PARTS = ["start", "ceilings", "kernels", "training", "attacks", "soak"] as const;

/** One of them. */
export type PerfPart = typeof PARTS[number];

/** What to measure. */
export interface MeasureOptions extends SamplingOptions {
  readonly parts: ReadonlySet<PerfPart>;
  /** Kernels whose name holds this; null for all. */
  readonly only: string | null;
  /** Cold and warm starts. */
  readonly starts: number;
  /** Steps of the soak. */
  readonly soakSteps: number;
  /** How to choose among an operation's variants; starts take the best guess. */
  readonly variants: Variants;
  /** What computes; null for the system's own. */
  readonly backend?: Backend | null;
  /** Receives the name of each measurement before it starts. */
  readonly note: (text: string) => void;
}

/** Training samples are this much longer than kernels': their steps are. */
const TRAINING_FACTOR = 4;
/** Looks at the memory during a soak. */
const LOOKS = 20;

/**
 * Measures on the machine's adapter.
 *
 * @throws {RangeError} If no kernel's name holds `only`; before anything is measured.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function measure(options: MeasureOptions): Promise<PerfRecord> {
  const { parts, only, note, signal, starts, soakSteps, backend } = options;
  const cases = only === null ? kernelCases() : selectCases(kernelCases(), only);
  const startedAt = new Date(), since = performance.now();
  const { gpu, saveTimings } = await openBenchGpu(options.variants, { backend, note });
  try {
    let peakBytes = 0;
    const measured = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      note(name);
      gpu.buffers.resetPeak();
      const result = await gpu.heed(signal, work);
      peakBytes = Math.max(peakBytes, gpu.buffers.peakBytes);
      await saveTimings();
      return result;
    };
    const start = parts.has("start")
      ? await measured("starts", () => measureStarts({ starts, backend, signal }))
      : null;
    const once = { ...options, samples: 1 },
      longer = { ...once, minSampleMs: options.minSampleMs * TRAINING_FACTOR };
    const ceilings: Ceiling[][] = [], kernels: KernelTime[][] = [];
    const training: TrainingTime[][] = [], attacks: AttackTime[][] = [];
    for (let round = 1; round <= options.samples; round++) {
      const all = <T>(part: PerfPart, tasks: readonly Task<T>[]) => {
        const wanted = parts.has(part) ? tasks : [];
        return inOrder(
          wanted,
          ({ name, run }) => measured(`${name}, round ${round} of ${options.samples}`, run),
        );
      };
      const limits = { name: "ceilings", run: () => measureCeilings(gpu, once) };
      ceilings.push((await all("ceilings", [limits])).flat());
      const single = cases.map((one) => ({ name: one.name, run: () => measureKernel(gpu, one, once) }));
      kernels.push(await all("kernels", single));
      training.push(await all("training", await trainingTasks(gpu, longer)));
      attacks.push(await all("attacks", [{ name: "PGD", run: () => measurePgd(gpu, GOAL, longer) }]));
    }
    const every = Math.max(1, Math.min(100, Math.ceil(soakSteps / LOOKS)));
    const endure = () => soak(gpu, { steps: soakSteps, every, signal });
    const soaked = parts.has("soak") ? await measured(`${soakSteps} steps`, endure) : null;
    return PERF_RECORD.of({
      startedAt: startedAt.toISOString(),
      durationMs: performance.now() - since,
      machine: machineInfo(gpu.info),
      runtime: runtimeInfo(),
      ...await gitState(),
      readPath: gpu.readPath,
      variants: chosenBy(gpu),
      ceilings: joinRounds(ceilings, joinCeilings),
      kernels: joinRounds(kernels, joinSamples),
      training: joinRounds(training, joinTrainings),
      attacks: joinRounds(attacks, joinSamples),
      start,
      soak: soaked,
      peakBytes,
    });
  } finally {
    gpu.close();
  }
}

interface Task<T> {
  readonly name: string;
  readonly run: () => Promise<T>;
}

async function inOrder<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const one of list) results.push(await work(one));
  return results;
}

/** The network of the speed goals, that of the peers, and each paradigm's. */
async function trainingTasks(
  gpu: Gpu,
  options: SamplingOptions,
): Promise<Task<TrainingTime>[]> {
  return [
    { name: "resnet8", run: () => measureTraining(gpu, GOAL, options) },
    { name: "3 convolutions", run: () => measurePeerNetwork(gpu, options) },
    ...(await paradigmCells()).map((cell) => ({
      name: cell.name,
      run: () => measureParadigm(gpu, cell, options),
    })),
  ];
}
