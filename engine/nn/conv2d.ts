/** The convolution layer. */

import { conv2d } from "../ops/conv2d.ts";
import type { Tensor, Value, Variable } from "../graph/tensor.ts";
import { uniformParameter } from "./init.ts";
import type { Stateful } from "./model.ts";

/** Sizes of a convolution layer. */
export interface Conv2dOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of the kernel. */
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Rings of zeros around the image. Default 0. */
  readonly padding?: number;
  /** Default false: a BatchNorm that follows would cancel it. */
  readonly bias?: boolean;
  readonly seed: number;
}

/** A convolution with weights of its own. */
export interface Conv2d extends Stateful {
  /** [outputs, kernel, kernel, inputs]. */
  readonly weight: Variable;
  /** [B, H, W, inputs] to [B, H', W', outputs]. */
  apply(x: Value): Tensor;
}

/**
 * Makes a convolution layer, `<name>.weight` and, where asked for, `<name>.bias`, initialised as PyTorch does by
 * default: see {@linkcode uniformParameter}, fan-in = kernel^2 * inputs.
 *
 * @throws {RangeError} If there are no inputs or the kernel is empty.
 */
export function createConv2d(name: string, options: Conv2dOptions): Conv2d {
  const { inputs, outputs, kernel, stride = 1, padding = 0, seed } = options;
  const fanIn = kernel * kernel * inputs;
  const weight = uniformParameter(`${name}.weight`, {
    shape: [outputs, kernel, kernel, inputs],
    fanIn,
    seed,
  });
  const bias = options.bias ? uniformParameter(`${name}.bias`, { shape: [outputs], fanIn, seed }) : undefined;
  return {
    weight,
    parameters: bias === undefined ? [weight] : [weight, bias],
    buffers: [],
    apply: (x) => conv2d(x, weight, { bias, stride, padding }),
  };
}
