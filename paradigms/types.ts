/** What a paradigm is: a way to train an encoder on images. */

import type { Stateful } from "../engine/nn/model.ts";
import type { Tensor, Value } from "../engine/tensor.ts";

/** Names of the paradigms. */
export type ParadigmName = "sl" | "cl" | "mim" | "dm";

/** A batch as a training program sees it. */
export interface Batch {
  /** [B, H, W, 3] in [0, 1], augmented. */
  readonly images: Tensor;
  /** [B] u32. */
  readonly labels: Value;
}

/** What one training step is to be judged by. */
export interface StepOutcome {
  /** To be minimised, []. */
  readonly loss: Tensor;
  /** 1 where the prediction was right, [B, 1]; null where the paradigm predicts no labels. */
  readonly correct: Tensor | null;
}

/** An encoder in training. Its functions are called while a program is recorded. */
export interface Learner extends Stateful {
  readonly featureSize: number;
  /** The loss of a batch, in training mode. */
  loss(batch: Batch): StepOutcome;
  /** Features [B, F] of images, in eval mode: they do not depend on the rest of the batch. */
  features(images: Tensor): Tensor;
  /** Scores [B, classes] in eval mode; null where the paradigm has no classifier of its own. */
  readonly logits: ((images: Tensor) => Tensor) | null;
}

/** A paradigm: makes learners. */
export interface Paradigm<Config> {
  readonly name: ParadigmName;
  /** A new learner with weights drawn from `seed`. */
  create(config: Config, options: { readonly seed: number }): Learner;
}
