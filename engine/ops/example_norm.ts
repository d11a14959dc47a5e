/** The norm of each example of a batch. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, rowCount, rowVec4s, sizeOf } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import magnitudeSource from "../wgsl/magnitude.wgsl" with { type: "text" };
import { applyElementwise, defineElementwise } from "./elementwise.ts";
import source from "./example_norm.wgsl" with { type: "text" };

/** The norm: the square root of the sum of squares, or the largest absolute value. */
export type Norm = "L2" | "Linf";

type NoAttrs = Record<string, never>;

function defineNorm(norm: Norm): OpDef<NoAttrs> {
  return {
    name: `example_norm_${norm.toLowerCase()}`,
    shape: ([x]) => [f32(x.shape[0], ...x.shape.slice(1).map(() => 1))],
    lower: ({ inputs: [x], outputs: [out] }) => {
      const B = x.spec.shape[0], INNER = rowCount(x.spec.shape) / Math.max(1, B) * rowVec4s(x.spec.shape);
      return [{
        label: "example_norm",
        source: fillTemplate(source, {
          include: [magnitudeSource],
          consts: { B, INNER, MAXIMUM: norm === "Linf" ? 1 : 0 },
        }),
        bindings: [{ operand: x, kind: "read" }, { operand: out, kind: "read_write" }],
        workgroups: splitGrid(Math.ceil(B / 64)),
        leading: true,
      }];
    },
    backward: norm === "Linf" ? null : ({ inputs: [x], outputs: [size], grads: [g] }) => [
      applyElementwise(exampleNormGradOp, [g!, x, size]),
    ],
    reference: ([x], _, [out]) => {
      const batch = x.shape[0], inner = sizeOf(x.shape.slice(1));
      const data = Float64Array.from({ length: batch }, (_, b) => {
        const values = x.data.subarray(b * inner, (b + 1) * inner);
        return norm === "L2"
          ? Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))
          : values.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
      });
      return [{ shape: out.shape, data }];
    },
    flops: ([x]) => sizeOf(x.shape),
    cases: [
      { name: "one element", inputs: [f32(1, 1)], attrs: {} },
      { name: "images", inputs: [f32(3, 5, 4, 3)], attrs: {} },
      { name: "above a workgroup", inputs: [f32(65, 9)], attrs: {} },
    ],
  };
}

/** out [B, 1, …], the square root of the sum of squares. Input: x [B, …]. */
export const l2NormOp = defineNorm("L2");

/** out [B, 1, …], the largest absolute value. Input: x [B, …]. Not differentiable. */
export const linfNormOp = defineNorm("Linf");

/** a b / c, and 0 where c = 0. Inputs: gradient of the L2 norm per example, x, the norm. */
export const exampleNormGradOp = defineElementwise({
  name: "example_norm_grad",
  arity: 3,
  expression: "select(vec4<f32>(0.0), a * (b / c), c != vec4<f32>(0.0))",
  apply: ([g, x, size]) => size === 0 ? 0 : g * x / size,
  keepsZero: true,
  positive: true,
  backward: null,
});

/**
 * The norm of each example over all its elements: the square root of the sum of squares, or the largest absolute
 * value. Exact to rounding for all numbers that float32 holds, whatever their squares. The gradient of the L2 norm is
 * x / norm, and 0 where x is 0; the other one has none.
 *
 * @param x [B, …].
 * @returns [B, 1, …], of the rank of x.
 */
export function exampleNorm(x: Value, norm: Norm): Tensor {
  return record(norm === "L2" ? l2NormOp : linfNormOp, [x], {})[0];
}
