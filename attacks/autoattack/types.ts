/** What AutoAttack is asked and what it answers. */

import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import type { Gpu } from "../../engine/device/device.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import type { Shape } from "../../engine/arrays/shape.ts";
import type { AttackWarning } from "../diagnostics/warning.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";

/** The attacks by their names in the field. `fab` and `apgd-dlr` are the untargeted ones. */
export const ATTACKS = ["apgd-ce", "apgd-dlr", "apgd-t", "fab", "fab-t", "square"] as const;
/** One of {@linkcode ATTACKS}. */
export type AttackName = typeof ATTACKS[number];

/** The named protocols: which attacks, in which order, with which restarts. */
export const VERSIONS = ["standard", "plus", "rand"] as const;
/** One of {@linkcode VERSIONS}. */
export type Version = typeof VERSIONS[number];

/** What to evaluate, and how. */
export interface AutoAttackOptions {
  /** Scores before any softmax, recorded once for each attack. */
  readonly logits: LogitsFn;
  readonly classes: number;
  readonly norm: Norm;
  /** In pixel units of [0, 1]; above 0, at most 1 in Linf. */
  readonly eps: number;
  /** [H, W, C] with at most 4 channels. */
  readonly imageShape: Shape;
  /** Examples attacked at once; changes no result. Default 128. */
  readonly batchSize?: number;
  readonly seed: number;
  /** Default "standard". */
  readonly version?: Version;
  /** Instead of the version's. */
  readonly attacks?: readonly AttackName[];
  /** Iterations of APGD and FAB. Default 100. */
  readonly iterations?: number;
  /** Queries of Square after the first. Default 5,000. */
  readonly queries?: number;
  /** Radius of the APGD attacks, where it is to differ from `eps`: see {@linkcode referenceRadius}. */
  readonly apgdEps?: number;
  /**
   * Attack with the constants of fra31/auto-attack: APGD climbs the cross-entropy itself, 1e-12 is added to lengths of
   * gradients and denominators, FAB in L2 leaves out entries of gradients below 1e-8. Its attacks then stand still where
   * logits or gradients are about as small, or the cross-entropy is 0 in float32. Default false.
   */
  readonly officialConstants?: boolean;
}

/** Images to attack. */
export interface Examples {
  /** [n, H, W, C] in [0, 1]. */
  readonly images: Float32Array;
  /** True classes, [n]. */
  readonly labels: Uint32Array;
  /** Their numbers in the data set, all different: random draws are theirs. Default 0, 1, ... */
  readonly numbers?: Uint32Array;
}

/** What was checked of all images that an attack, or the whole evaluation, returned as fooling. */
export interface Safety {
  /** Largest distance from the clean image, in the norm asked, float64. 0 where no image was returned. */
  readonly largestPerturbation: number;
  readonly lowestPixel: number;
  readonly highestPixel: number;
  /** Numbers that are not finite. */
  readonly notFinite: number;
}

/** One attack of the cascade. */
export interface StageOutcome {
  readonly name: AttackName;
  /** Examples that it was run on: those that all before it had left correct. */
  readonly attacked: number;
  /** Of all n: 1 where still correct after this attack and all before it. */
  readonly correct: Uint8Array<ArrayBuffer>;
  readonly safety: Safety;
  /** Wall-clock time, over all resumptions, compiling included. */
  readonly seconds: number;
}

/** What came of it. */
export interface AutoAttackResult {
  /** 1 where the clean image is classified correctly, [n]. */
  readonly clean: Uint8Array<ArrayBuffer>;
  readonly attacks: readonly StageOutcome[];
  /** 1 where correct when clean and under every attack, [n]. */
  readonly robust: Uint8Array<ArrayBuffer>;
  /** The image that fools where one was found, else the clean one, [n, H, W, C]. */
  readonly images: Float32Array<ArrayBuffer>;
  /** Distance of each of them from the clean image, [n]. */
  readonly perturbation: Float32Array<ArrayBuffer>;
  readonly safety: Safety;
  readonly warnings: readonly AttackWarning[];
  readonly seconds: number;
}

/** Where an evaluation keeps its state, so that it can go on after a kill. */
export interface StateStore {
  /** What was saved last, or null. */
  load(): Promise<Checkpoint | null>;
  /** Replaces what was saved; a kill on the way leaves the old or the new one. */
  save(checkpoint: Checkpoint): Promise<void>;
}

/** How the evaluation is run; changes no result. */
export interface AutoAttackRun {
  /** Default: nothing is kept. */
  readonly state?: StateStore;
  /** Seconds between two savings of an attack in progress. Default 30. */
  readonly saveSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AttackProgress) => void;
}

/** How far the evaluation is. */
export interface AttackProgress {
  readonly attack: AttackName | "clean";
  /** Examples that this attack has done, and all that it has to do. */
  readonly done: number;
  readonly total: number;
  /** Of all examples, those still correct. */
  readonly correct: number;
}

/** What evaluates a model: `autoAttack`, or what stands in for it in a test. */
export type AutoAttackFn = (
  gpu: Gpu,
  options: AutoAttackOptions,
  examples: Examples,
  run?: AutoAttackRun,
) => Promise<AutoAttackResult>;
