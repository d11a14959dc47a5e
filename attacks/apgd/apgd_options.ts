/** What Auto-PGD is asked: its settings, and what it climbs. */

import type { Norm } from "../../engine/ops/example_norm.ts";
import type { Stream } from "../../common/random.ts";
import { formatShape, type Shape } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import type { EotSample, LogitsFn } from "../threat_model/logits_fn.ts";
import type { SlotInputs } from "../slots/slot_attack.ts";

/** Names of the losses of a classifier's logits. */
export const APGD_LOSSES = ["ce", "dlr", "targeted-dlr"] as const;
/** Cross-entropy (climbed as its log odds, see `logOdds`), the untargeted and the targeted difference-of-logits ratio. */
export type ApgdLoss = typeof APGD_LOSSES[number];

/** Attack a classifier. */
export interface ClassifierAim {
  /** Scores before any softmax. */
  readonly logits: LogitsFn;
  /** If given, the logits have to be [B, classes]. */
  readonly classes?: number;
  readonly loss: ApgdLoss;
  /**
   * "fool": an example is done as soon as a point is misclassified. "maximise": go on to the end for the largest
   * loss, whatever the prediction. Default "fool".
   */
  readonly goal?: "fool" | "maximise";
}

/** What an objective may use beside the images: the slots' variables. */
export interface ObjectiveInputs extends SlotInputs {
  /** The class that each slot's run aims at, u32 [B]. */
  readonly target: Value;
  /** For randomised objectives. */
  readonly eot: EotSample;
}

/** Maximise any function of each example: a distance of features, a self-supervised loss. */
export interface ObjectiveAim {
  /** Images [B, H, W, C] -> what to maximise, [B, 1], an example's own. Recorded while a program is compiled. */
  readonly objective: (images: Tensor, inputs: ObjectiveInputs) => Tensor;
  readonly goal?: "maximise";
}

/** Settings that do not depend on what is climbed. */
export interface ApgdSettings {
  /** For messages: "apgd-ce". */
  readonly name: string;
  readonly norm: Norm;
  /** In pixel units of [0, 1]. */
  readonly eps: number;
  /** Examples at once; changes no result. */
  readonly slots: number;
  /** [H, W, C] with at most 4 channels. */
  readonly imageShape: Shape;
  /** T, the number of classes that each example aims at in turn. Default 1; without meaning to untargeted losses. */
  readonly targets?: number;
  /** Default 100. */
  readonly iterations?: number;
  /** Runs for each target. Default 1. */
  readonly restarts?: number;
  /** Share of the iterations between checks that have to increase the loss, or the step is halved. Default 0.75. */
  readonly rho?: number;
  /** Start a run at a random point of the threat model instead of the clean image. Default true. */
  readonly randomStart?: boolean;
  /** Evaluations of each point, whose gradients are averaged, for randomised models. Default 1. */
  readonly eotSamples?: number;
  /**
   * Climb the cross-entropy itself, with 1e-12 added to denominators and to lengths of gradients, as fra31/auto-attack
   * does. Default false: see {@linkcode Apgd}.
   */
  readonly officialConstants?: boolean;
  readonly stream: Stream;
}

/** All of it. */
export type ApgdOptions = ApgdSettings & (ClassifierAim | ObjectiveAim);

/** Settings with their defaults. */
export type FullSettings = Required<ApgdSettings> & {
  readonly goal: "fool" | "maximise";
  /** Of an example: restarts times targets, if it has any. */
  readonly runs: number;
};

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} If a number is out of its range or the loss is unknown.
 */
export function fillSettings(options: ApgdOptions): FullSettings {
  const { targets = 1, iterations = 100, restarts = 1, rho = 0.75, randomStart = true, eotSamples = 1 } =
    options;
  const { officialConstants = false } = options;
  const goal = "objective" in options ? "maximise" : options.goal ?? "fool";
  const { name, norm, eps, slots, imageShape, stream } = options;
  const refuse = (reason: string) => {
    throw new RangeError(`Cannot make attack "${name}": ${reason}`);
  };
  for (const [what, count] of Object.entries({ slots, targets, iterations, restarts, eotSamples })) {
    if (!Number.isSafeInteger(count) || count < 1) refuse(`${what} is a whole number from 1, got ${count}`);
  }
  if (!(eps > 0 && (norm === "L2" ? eps < Infinity : eps <= 1))) {
    refuse(`${norm} eps is above 0${norm === "L2" ? "" : " and at most 1"}, got ${eps}`);
  }
  if (!(rho >= 0 && rho <= 1)) refuse(`rho is in [0, 1], got ${rho}`);
  if (imageShape.length !== 3 || imageShape[2] > 4) {
    refuse(`images are [H, W, C] with at most 4 channels, got ${formatShape(imageShape)}`);
  }
  if ("loss" in options && !APGD_LOSSES.includes(options.loss)) {
    refuse(`the losses are ${APGD_LOSSES.join(", ")}, got "${options.loss}"`);
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
