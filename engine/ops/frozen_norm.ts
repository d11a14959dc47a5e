/** Normalisation by given statistics as an affine map per channel: BatchNorm in eval mode, in two small steps. */

import type { Tensor, Value } from "../graph/tensor.ts";
import { addScalar, div, mul, scale } from "./arithmetic.ts";
import { applyElementwise, backwardEach, defineElementwise } from "./elementwise.ts";

/** gamma / sqrt(variance + K). Inputs: gamma, variance. */
export const normScaleOp = defineElementwise({
  name: "norm_scale",
  arity: 2,
  expression: "a / sqrt(b + K)",
  apply: ([gamma, variance], eps) => gamma / Math.sqrt(variance + eps),
  keepsZero: true,
  positive: true,
  constant: 1e-5,
  backward: backwardEach(
    ({ inputs, attrs }, g) => applyElementwise(normScaleOp, [g, inputs[1]], attrs.k),
    ({ inputs, outputs, attrs }, g) => scale(div(mul(g, outputs[0]), addScalar(inputs[1], attrs.k)), -0.5),
  ),
});

/** a - b * c. Inputs: beta, mean, scale. */
export const normOffsetOp = defineElementwise({
  name: "norm_offset",
  arity: 3,
  expression: "a - b * c",
  apply: ([beta, mean, factor]) => beta - mean * factor,
  keepsZero: true,
  backward: backwardEach(
    (_, g) => g,
    ({ inputs }, g) => scale(mul(g, inputs[2]), -1),
    ({ inputs }, g) => scale(mul(g, inputs[1]), -1),
  ),
});

/** The factors and the offsets of a normalisation, each [C]. */
export interface FrozenNorm {
  readonly scale: Tensor;
  readonly offset: Tensor;
}

/** Statistics and affine parameters of a normalisation, each [C]. */
export interface FrozenNormInputs {
  readonly gamma: Value;
  readonly beta: Value;
  readonly mean: Value;
  readonly variance: Value;
  /** Added to the variance. */
  readonly eps: number;
}

/** gamma * (x - mean) / sqrt(variance + eps) + beta as x * scale + offset. */
export function frozenNorm({ gamma, beta, mean, variance, eps }: FrozenNormInputs): FrozenNorm {
  const factor = applyElementwise(normScaleOp, [gamma, variance], eps);
  return { scale: factor, offset: applyElementwise(normOffsetOp, [beta, mean, factor]) };
}
