/** Options of Auto-PGD: its settings, and what it maximises. */

import type { Norm } from "../../engine/ops/example_norm.ts";
import type { Stream } from "../../common/random.ts";
import { formatShape, type Shape } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import type { EotSample, LogitsFn } from "../threat_model/logits_fn.ts";
import type { SlotInputs } from "../slots/slot_attack.ts";

/** Names of the losses of a classifier's logits. */
export const APGD_LOSSES = ["ce", "dlr", "targeted-dlr"] as const;
/** Cross-entropy (maximised as its log odds, see `logOdds`), untargeted and targeted difference-of-logits ratio. */
export type ApgdLoss = typeof APGD_LOSSES[number];

/** Attack a classifier. */
export interface ClassifierAim {
  /** Scores before any softmax. */
  readonly logits: LogitsFn;
  /** If given, logits must be [B, classes]. */
  readonly classes?: number;
  readonly loss: ApgdLoss;
  /**
   * "fool": an example is finished at its first misclassified point. "maximise": run all iterations for the largest
   * loss, whatever the prediction. Default "fool".
   */
  readonly goal?: "fool" | "maximise";
}

/** What an objective may read besides the images: the slots' variables. */
export interface ObjectiveInputs extends SlotInputs {
  /** The target class of each slot's run, u32 [B]. */
  readonly target: Value;
  /** Keys of a randomised objective's random numbers. */
  readonly eot: EotSample;
}

/** Maximise a function of each example: a distance of features, a self-supervised loss. */
export interface ObjectiveAim {
  /** Images [B, H, W, C] -> [B, 1], a number for each example that depends on no other. Recorded at compile time. */
  readonly objective: (images: Tensor, inputs: ObjectiveInputs) => Tensor;
  readonly goal?: "maximise";
}

/** Settings that do not depend on the loss. */
export interface ApgdSettings {
  /** For messages: "apgd-ce". */
  readonly name: string;
  readonly norm: Norm;
  /** In pixel units of [0, 1]. */
  readonly eps: number;
  /** Examples attacked at once; changes no result. */
  readonly slots: number;
  /** [H, W, C] with at most 4 channels. */
  readonly imageShape: Shape;
  /** T, target classes of each example, one after another. Default 1; untargeted losses ignore it. */
  readonly targets?: number;
  /** Default 100. */
  readonly iterations?: number;
  /** Runs for each target. Default 1. */
  readonly restarts?: number;
  /** Minimum share of iterations that increase the loss between checkpoints; below it the step is halved. Default 0.75. */
  readonly rho?: number;
  /** Start a run at a random point of the threat model instead of the clean image. Default true. */
  readonly randomStart?: boolean;
  /** EOT samples: evaluations of each point whose gradients are averaged, for randomised models. Default 1. */
  readonly eotSamples?: number;
  /**
   * Maximise the cross-entropy itself and add 1e-12 to denominators and gradient lengths, as fra31/auto-attack does.
   * Default false: see {@linkcode Apgd}.
   */
  readonly officialConstants?: boolean;
  readonly stream: Stream;
}

/** Settings and what to maximise. */
export type ApgdOptions = ApgdSettings & (ClassifierAim | ObjectiveAim);

/** Settings with their defaults. */
export type FullSettings = Required<ApgdSettings> & {
  readonly goal: "fool" | "maximise";
  /** Runs of an example: restarts times targets, if the loss has targets. */
  readonly runs: number;
};

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} If a number is out of range or the loss is unknown.
 */
export function fillSettings(options: ApgdOptions): FullSettings {
  const { targets = 1, iterations = 100, restarts = 1, rho = 0.75, randomStart = true, eotSamples = 1 } =
    options;
  const { officialConstants = false } = options;
  const goal = "objective" in options ? "maximise" : options.goal ?? "fool";
  const { name, norm, eps, slots, imageShape, stream } = options;
  const refuse = (reason: string) => {
    throw new RangeError(`Cannot compile attack "${name}": ${reason}`);
  };
  for (const [what, count] of Object.entries({ slots, targets, iterations, restarts, eotSamples })) {
    if (!Number.isSafeInteger(count) || count < 1) refuse(`${what} must be a positive integer, got ${count}`);
  }
  if (!(eps > 0 && (norm === "L2" ? eps < Infinity : eps <= 1))) {
    refuse(`${norm} eps must be above 0${norm === "L2" ? "" : " and at most 1"}, got ${eps}`);
  }
  if (!(rho >= 0 && rho <= 1)) refuse(`rho must be in [0, 1], got ${rho}`);
  if (imageShape.length !== 3 || imageShape[2] > 4) {
    refuse(`images must be [H, W, C] with at most 4 channels, got ${formatShape(imageShape)}`);
  }
  if ("loss" in options && !APGD_LOSSES.includes(options.loss)) {
    refuse(`unknown loss "${options.loss}", known are ${APGD_LOSSES.join(", ")}`);
  }
  const given = { name, norm, eps, slots, imageShape, stream };
  const untargeted = "loss" in options && options.loss !== "targeted-dlr";
  const runs = restarts * (untargeted ? 1 : targets);
  return {
    ...given,
    targets,
    iterations,
    restarts,
    rho,
    randomStart,
    eotSamples,
    officialConstants,
    goal,
    runs,
  };
}
