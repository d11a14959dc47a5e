/** What a network is to whoever trains, probes or attacks it. */

import type { Tensor, Value, Variable } from "../graph/tensor.ts";
import type { Linear } from "./linear.ts";

/**
 * Which statistics BatchNorm normalises with.
 *
 * - `train`: the batch's own; the running statistics move towards them.
 * - `eval`: the running statistics; examples do not influence each other.
 * - `batch`: the batch's own; the running statistics stay as they are.
 */
export type Mode = "train" | "eval" | "batch";

/** Numbers of a layer or a network, under PyTorch's names. */
export interface Stateful {
  /** What an optimiser changes. */
  readonly parameters: readonly Variable[];
  /** What belongs to the weights but is not differentiated: running statistics, counters. */
  readonly buffers: readonly Variable[];
}

/** What turns images into features. Call its function while a program is recorded. */
export interface Encoder extends Stateful {
  /** F, the length of a feature vector. */
  readonly featureSize: number;
  /** Features [B, F] of images [B, H, W, C] with pixels in [0, 1]. */
  features(images: Value, options: { readonly mode: Mode }): Tensor;
}

/** An image classifier made of an encoder, whose features are its penultimate ones, and a linear head. */
export interface Model extends Encoder {
  /** Scores [B, classes] of images [B, H, W, C] with pixels in [0, 1]. */
  logits(images: Value, options: { readonly mode: Mode }): Tensor;
  /** The last layer: features [B, F] to scores [B, classes]. */
  readonly head: Linear;
}

/** Joins the numbers of several layers, in order. */
export function joinState(parts: readonly Stateful[]): Stateful {
  return {
    parameters: parts.flatMap((part) => part.parameters),
    buffers: parts.flatMap((part) => part.buffers),
  };
}

/** Number of trainable numbers. */
export function parameterCount({ parameters }: Stateful): number {
  return parameters.reduce((sum, { initial }) => sum + initial.length, 0);
}
