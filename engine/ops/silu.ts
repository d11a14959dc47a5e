/**
 * The sigmoid linear unit, also called swish.
 *
 * @module
 */

import type { Tensor, Value } from "../graph/tensor.ts";
import sigmoid from "../wgsl/sigmoid.wgsl" with { type: "text" };
import silu_ from "../wgsl/silu.wgsl" with { type: "text" };
import { applyElementwise, backwardEach, defineElementwise } from "./elementwise.ts";

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** a sigmoid(a). */
export const siluOp = defineElementwise({
  name: "silu",
  arity: 1,
  expression: "a * sigmoid(a)",
  include: [sigmoid],
  apply: ([a]) => a * logistic(a),
  keepsZero: true,
  backward: backwardEach((c, g) => applyElementwise(siluGradOp, [g, c.inputs[0]])),
});

/** The derivative of silu at b, times a. Inputs: gradient, input of silu. */
export const siluGradOp = defineElementwise({
  name: "silu_grad",
  arity: 2,
  expression: "a * silu_slope(b)",
  include: [sigmoid, silu_],
  apply: ([a, b]) => a * logistic(b) * (1 + b * (1 - logistic(b))),
  keepsZero: true,
  backward: null,
});

/**
 * Element by element, x / (1 + exp(-x)), in the shape of x; as PyTorch's `SiLU`.
 * Source: Elfwing et al. 2017, https://arxiv.org/abs/1702.03118, equation 4.
 */
export function silu(x: Value): Tensor {
  return applyElementwise(siluOp, [x]);
}
