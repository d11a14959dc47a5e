/** Whether the prediction is the label. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { f32, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import finiteSource from "../wgsl/finite.wgsl" with { type: "text" };
import { checkLabels } from "./cross_entropy.ts";
import { logitsKernel } from "./logits_kernel.ts";
import source from "./correct.wgsl" with { type: "text" };

/** out [B, 1], 1 where all logits are finite and the first largest logit is at the label. Inputs: logits [B, C], labels [B]. */
export const correctOp: OpDef<Record<string, never>> = {
  name: "correct",
  shape: ([logits, labels]) => {
    checkLabels(logits, labels);
    return [f32(logits.shape[0], 1)];
  },
  lower: ({ inputs, outputs: [output] }) => [
    logitsKernel({ label: "correct", source, include: [finiteSource], inputs, output }),
  ],
  backward: null,
  reference: ([logits, labels]) => {
    const [b, c] = logits.shape;
    const data = Float64Array.from({ length: b }, (_, i) => {
      const z = logits.data.subarray(i * c, (i + 1) * c);
      const finite = z.every(Number.isFinite);
      return finite && z.indexOf(z.reduce((a, v) => Math.max(a, v))) === labels.data[i] ? 1 : 0;
    });
    return [{ shape: [b, 1], data }];
  },
  flops: () => 0,
  cases: [
    { name: "one class", inputs: [f32(2, 1), u32(2)], attrs: {}, below: 1 },
    { name: "three classes", inputs: [f32(67, 3), u32(67)], attrs: {}, below: 3 },
    { name: "ten classes", inputs: [f32(5, 10), u32(5)], attrs: {}, below: 10 },
  ],
};

/**
 * Whether each prediction is right: 1 where the first largest logit is at the label, else 0; 0 where a logit is not
 * finite. Not differentiable.
 *
 * @param logits [B, C].
 * @param labels [B] of u32, each below C.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others.
 */
export function correct(logits: Value, labels: Value): Tensor {
  return record(correctOp, [logits, labels], {})[0];
}
