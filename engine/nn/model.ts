/** The interface of a network for training, probes and attacks. */

import type { Tensor, Value, Variable } from "../graph/tensor.ts";
import type { Linear } from "./linear.ts";

/**
 * The statistics that BatchNorm normalises with.
 *
 * - `train`: the batch's own; the running statistics move towards them.
 * - `eval`: the running statistics; examples do not influence each other.
 * - `batch`: the batch's own; the running statistics stay as they are.
 */
export type Mode = "train" | "eval" | "batch";

/** Parameters and buffers of a layer or network, under PyTorch's names. */
export interface Stateful {
  /** Trained by an optimiser. */
  readonly parameters: readonly Variable[];
  /** Saved with the weights but not differentiated: running statistics, counters. */
  readonly buffers: readonly Variable[];
}

/** A network from images to features. Call its function while a program is recorded. */
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

/** Joins the parameters and buffers of several layers, in order. */
export function joinState(parts: readonly Stateful[]): Stateful {
  return {
    parameters: parts.flatMap((part) => part.parameters),
    buffers: parts.flatMap((part) => part.buffers),
  };
}

/** Number of trainable values. */
export function parameterCount({ parameters }: Stateful): number {
  return parameters.reduce((sum, { initial }) => sum + initial.length, 0);
}
