/**
 * What `bench perf` leaves on disk: one JSON file with every sample behind every number. Reports read these types
 * through `bench/schema.ts`; this file imports nothing else of ours.
 */

import type { CellRecord, MachineInfo } from "../schema.ts";

/** What `schema` says in such a file. */
export const PERF_SCHEMA = "realfeatures/perf";

/** Raised whenever a field changes its meaning or goes away. */
export const PERF_VERSION = 1;

/** One measured limit of the adapter. */
export interface Ceiling {
  readonly name: CeilingName;
  /** "GFLOP/s", "GB/s" (10^9 bytes) or "us". */
  readonly unit: "GFLOP/s" | "GB/s" | "us";
  /** One for each sample. */
  readonly samples: readonly number[];
}

/**
 * `arithmetic`: multiply-adds in registers. `copy`: a buffer read and written, both counted. `read`: a buffer summed.
 * `texture`: a storage texture summed. `dispatch`: an almost empty dispatch among others in one pass. `wait`: waiting
 * for an idle queue.
 */
export type CeilingName = "arithmetic" | "copy" | "read" | "texture" | "dispatch" | "wait";

/** One operation at one size. */
export interface KernelTime {
  /** Unique: "conv2d 128x32x32x16 to 16". */
  readonly name: string;
  /** The operation's own name: "conv2d_grad_weights". */
  readonly op: string;
  /** Multiplications and additions of one run; 0 for operations that count their traffic alone. */
  readonly flops: number;
  /** Inputs read once and outputs written once, as they lie in memory. */
  readonly bytes: number;
  readonly dispatches: number;
  /** Runs between two waits, in the first sample; later ones find their own number. */
  readonly runs: number;
  /** Milliseconds a run, one for each sample; the share of the one wait is not subtracted. */
  readonly samplesMs: readonly number[];
}

/** A training step. */
export interface TrainingTime {
  /** Unique: "sl resnet8 16,32,64, 32x32". */
  readonly name: string;
  readonly batchSize: number;
  readonly parameters: number;
  readonly flopsPerStep: number;
  readonly dispatchesPerStep: number;
  /** Steps between two waits, in the first sample; later ones find their own number. */
  readonly steps: number;
  /** Milliseconds a step, one for each sample. */
  readonly samplesMs: readonly number[];
  /** From the making of the step to the end of the first one. */
  readonly firstStepMs: number;
  /** Device bytes held after the first step and after the last. */
  readonly liveBytes: readonly [first: number, last: number];
  /** The most device bytes held at once, everything else on the device included. */
  readonly peakBytes: number;
}

/** A step of an attack on a batch. */
export interface AttackTime {
  readonly name: string;
  readonly batchSize: number;
  readonly flopsPerStep: number;
  readonly dispatchesPerStep: number;
  readonly steps: number;
  /** Milliseconds an iteration over the whole batch, one for each sample. */
  readonly samplesMs: readonly number[];
}

/** One start in a process of its own; the parts in order, in milliseconds. */
export interface StartTime {
  /** From the command to the first line of our code: Deno, and our modules. Not part of {@linkcode totalMs}. */
  readonly loadMs: number;
  /** Generating the images and drawing the weights. Not part of {@linkcode totalMs} either. */
  readonly dataMs: number;
  /** Adapter, device and the kernel that proves it. */
  readonly openMs: number;
  /** Recording the step and making its pipelines. */
  readonly compileMs: number;
  /** The first step, in which drivers compile what they put off. */
  readonly stepMs: number;
  /** The second step, for comparison. Not part of {@linkcode totalMs}. */
  readonly nextStepMs: number;
  /** From opening the device to the end of the first training step. */
  readonly totalMs: number;
}

/** Starts of the network of the speed goals. */
export interface StartTimes {
  readonly network: string;
  /** With an empty shader cache. */
  readonly cold: readonly StartTime[];
  /** With the cache that the cold start left; some drivers leave a few shaders out, and add them now. */
  readonly second: readonly StartTime[];
  /** With the cache that both left. */
  readonly warm: readonly StartTime[];
}

/** Many steps, for leaks. */
export interface Soak {
  readonly network: string;
  readonly steps: number;
  /** Steps between two samples. */
  readonly every: number;
  readonly liveBytes: readonly number[];
  /** Resident bytes of the process. */
  readonly rssBytes: readonly number[];
}

/** The whole file. The samples of a quantity are of rounds, each over all quantities. Parts that were not asked for are empty lists or null. */
export interface PerfRecord {
  readonly schema: typeof PERF_SCHEMA;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly machine: MachineInfo;
  readonly runtime: CellRecord["runtime"];
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /** Which kernel family computed: "buffer" or "texture". */
  readonly kernelVariant: string;
  /** Which way computed an operation that has several, by operation, shapes and settings. */
  readonly kernelChoices: Readonly<Record<string, string>>;
  readonly ceilings: readonly Ceiling[];
  readonly kernels: readonly KernelTime[];
  readonly training: readonly TrainingTime[];
  readonly attacks: readonly AttackTime[];
  readonly start: StartTimes | null;
  readonly soak: Soak | null;
  /** The most device bytes held at once while anything of this was measured. */
  readonly peakBytes: number;
}
