/** Options and results of AutoAttack. */

import type { Gpu } from "../../engine/device/device.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import type { Shape } from "../../engine/arrays/shape.ts";
import type { AttackRun, Examples, RobustnessResult } from "../evaluation/robustness_attack.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";

/** Names of the attacks. `fab` and `apgd-dlr` are untargeted. */
export const ATTACKS = ["apgd-ce", "apgd-dlr", "apgd-t", "fab", "fab-t", "square"] as const;
/** One of {@linkcode ATTACKS}. */
export type AttackName = typeof ATTACKS[number];

/** Named protocols: attacks, their order and restarts. */
export const VERSIONS = ["standard", "plus", "rand"] as const;
/** One of {@linkcode VERSIONS}. */
export type Version = typeof VERSIONS[number];

/** Model and settings of an evaluation. */
export interface AutoAttackOptions {
  /** Scores before any softmax; recorded once for each attack. */
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
  /** These attacks instead of the version's. */
  readonly attacks?: readonly AttackName[];
  /** Iterations of APGD and FAB. Default 100. */
  readonly iterations?: number;
  /** Queries of Square after the first. Default 5,000. */
  readonly queries?: number;
  /** Radius of the APGD attacks. Default `eps`; see {@linkcode referenceRadius}. */
  readonly apgdEps?: number;
  /**
   * Keep the constants of fra31/auto-attack: APGD maximises the cross-entropy itself, 1e-12 is added to gradient lengths
   * and denominators, FAB in L2 skips gradient entries below 1e-8. Such attacks stop moving where logits or gradients are
   * of that size, or where the cross-entropy is 0 in float32. Default false.
   */
  readonly officialConstants?: boolean;
}

/** Summary of the checks of all adversarial images, of an attack or of the whole evaluation. */
export interface Safety {
  /** Largest distance from the clean image in the norm, float64; 0 without images. */
  readonly largestPerturbation: number;
  readonly lowestPixel: number;
  readonly highestPixel: number;
  /** Numbers that are not finite. */
  readonly notFinite: number;
}

/** Outcome of one attack of the cascade. */
export interface StageOutcome {
  readonly name: AttackName;
  /** Examples that it ran on: those still correct after all earlier attacks. */
  readonly attacked: number;
  /** 1 where still correct after this attack and all earlier ones, [n]. */
  readonly correct: Uint8Array<ArrayBuffer>;
  readonly safety: Safety;
  /** Wall-clock time over all resumed processes, compilation included. */
  readonly seconds: number;
}

/** Outcome of an evaluation. */
export interface AutoAttackResult extends RobustnessResult {
  readonly attacks: readonly StageOutcome[];
  /** The adversarial image where one was found, else the clean one, [n, H, W, C]. */
  readonly images: Float32Array<ArrayBuffer>;
  readonly safety: Safety;
  readonly seconds: number;
}

/** Type of `autoAttack`, and of its stand-ins in tests. */
export type AutoAttackFn = (
  gpu: Gpu,
  options: AutoAttackOptions,
  examples: Examples,
  run?: AttackRun,
) => Promise<AutoAttackResult>;
