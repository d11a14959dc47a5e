/** What every attack that judges robustness has in common: a threat model in, outcomes of single images out. */

import type { Gpu } from "../../engine/device/device.ts";
import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import type { Tensor, Variable } from "../../engine/graph/tensor.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import type { AttackWarning } from "../diagnostics/warning.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";

/** Images to attack. */
export interface Examples {
  /** [n, H, W, C] in [0, 1]. */
  readonly images: Float32Array;
  /** True classes, [n]. */
  readonly labels: Uint32Array;
  /** Their numbers in the data set, all different: they key the random numbers. Default 0, 1, ... */
  readonly numbers?: Uint32Array;
}

/** Batches of examples on the device; `Feed` of the data sets is one. */
export interface ExampleFeed {
  readonly batchSize: number;
  /** True classes, [B]. */
  readonly labels: Variable;
  /** Numbers of the examples in their data set, [B]. */
  readonly examples: Variable;
  /** Uploads the examples of these numbers, at most `batchSize`; the first one fills up a shorter batch. */
  load(numbers: Uint32Array): void;
  /** Records the images of the batch: [B, H, W, C] in [0, 1]. */
  images(): Tensor;
  /** Frees its memory. */
  dispose(): void;
}

/** What is attacked: a classifier, and the images that it is judged on. */
export interface AttackTarget {
  /** Scores before any softmax, in eval mode. */
  readonly logits: LogitsFn;
  readonly classes: number;
  /** [H, W, C]. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Images in the set. */
  readonly count: number;
  /** Images attacked at once; changes no result. */
  readonly batchSize: number;
  /**
   * The first images of the set on the host, all of them by default.
   *
   * @throws {RangeError} If the set has fewer.
   */
  examples(count?: number): Examples;
  /** The images in batches on the device. The attack disposes of the feed. */
  openFeed(gpu: Gpu): ExampleFeed;
}

/** Settings that every attack has. */
export interface ThreatSettings {
  readonly norm: Norm;
  /** In pixel units of [0, 1]. */
  readonly eps: number;
  /** Of all random numbers. */
  readonly seed: number;
}

/** What became of each of the n images that were attacked, the first ones of the set. */
export interface RobustnessResult {
  /** 1 where the clean image is classified correctly, [n]. */
  readonly clean: Uint8Array<ArrayBuffer>;
  /** 1 where correct when clean and under the attack, [n]. */
  readonly robust: Uint8Array<ArrayBuffer>;
  /** Distance of the attack's image from the clean one, in the threat model's norm, [n]. */
  readonly perturbation: Float32Array<ArrayBuffer>;
  /** Reasons to distrust the robust accuracy. */
  readonly warnings: readonly AttackWarning[];
}

/** Where an evaluation keeps its state, so that it can resume after a kill. */
export interface StateStore {
  /** What was saved last, or null. */
  load(): Promise<Checkpoint | null>;
  /** Replaces what was saved; a kill during the write leaves the old or the new one. */
  save(checkpoint: Checkpoint): Promise<void>;
}

/** How far the evaluation is. */
export interface AttackProgress {
  /** The attack that runs, a name in its own result. */
  readonly attack: string;
  /** Examples that this attack has finished, and all of its examples. */
  readonly done: number;
  readonly total: number;
  /** Of all examples, those still correct. */
  readonly correct: number;
}

/** How the evaluation is run; changes no result. */
export interface AttackRun {
  /** Default: nothing is saved. */
  readonly state?: StateStore;
  /** Minimum seconds between two saves of an attack in progress. Default 30. */
  readonly saveSeconds?: number;
  /** Aborted, the evaluation saves its state and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AttackProgress) => void;
}

/** Minimum seconds between two saves, unless told otherwise. */
export const SAVE_SECONDS = 30;

/**
 * An attack as evaluations of robustness run it. Implement it to judge networks by another attack: it gets the
 * classifier and its images, and returns what became of each.
 *
 * An image's outcome must depend on the image, its number and the settings alone, not on the batch.
 */
export interface RobustnessAttack<
  Settings extends ThreatSettings = ThreatSettings,
  Result extends RobustnessResult = RobustnessResult,
> {
  /** In presets, metrics and names of outcomes: "pgd". */
  readonly name: string;
  /** For people: "PGD". */
  readonly title: string;
  /**
   * Attacks the images.
   *
   * @throws {RangeError} If a setting is out of range, or the saved state belongs to another evaluation.
   * @throws The signal's reason once it is aborted.
   */
  evaluate(gpu: Gpu, target: AttackTarget, settings: Settings, run?: AttackRun): Promise<Result>;
}
