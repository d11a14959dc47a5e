/** A sum and its relu in one pass: the end of a residual block. */

import type { Tensor, Value } from "../graph/tensor.ts";
import source from "../wgsl/relu.wgsl" with { type: "text" };
import { applyElementwise, defineElementwise } from "./elementwise.ts";
import { reluGradOp } from "./relu.ts";

/** max(a + b, 0), NaN where the sum is NaN; both gradients are the same tensor. */
export const addReluOp = defineElementwise({
  name: "add_relu",
  arity: 2,
  expression: "relu(a + b)",
  include: [source],
  apply: ([a, b]) => a + b <= 0 ? 0 : a + b,
  keepsZero: true,
  backward: ({ outputs, grads }) => {
    const grad = applyElementwise(reluGradOp, [grads[0]!, outputs[0]]);
    return [grad, grad];
  },
});

/** Element by element, max(a + b, 0), NaN where the sum is NaN. */
export function addRelu(a: Value, b: Value): Tensor {
  return applyElementwise(addReluOp, [a, b]);
}
