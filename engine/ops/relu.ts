/** The rectified linear unit. */

import { applyElementwise, backwardEach, defineElementwise } from "./elementwise.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import source from "../wgsl/relu.wgsl" with { type: "text" };

/** max(a, 0), NaN where a is NaN; a selection in WGSL, so that the gradient at 0 is 0 and not one half. */
export const reluOp = defineElementwise({
  name: "relu",
  arity: 1,
  expression: "relu(a)",
  include: [source],
  apply: ([a]) => a <= 0 ? 0 : a,
  keepsZero: true,
  backward: backwardEach((c, g) => applyElementwise(reluGradOp, [g, c.outputs[0]])),
});

/** b > 0 ? a : 0. Inputs: gradient, output of relu. */
export const reluGradOp = defineElementwise({
  name: "relu_grad",
  arity: 2,
  expression: "select(vec4<f32>(0.0), a, b > vec4<f32>(0.0))",
  apply: ([a, b]) => b > 0 ? a : 0,
  keepsZero: true,
  backward: null,
});

/** Element by element, max(a, 0), NaN where a is NaN, in the shape of a; the gradient at 0 is 0, as in PyTorch. */
export function relu(a: Value): Tensor {
  return applyElementwise(reluOp, [a]);
}
