/** The norm of each example of a batch. */

import { record } from "../graph.ts";
import type { OpDef } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, rowCount, rowVec4s, sizeOf } from "../shape.ts";
import type { Tensor, Value } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import source from "./example_norm.wgsl" with { type: "text" };

/** Which norm: the square root of the sum of squares, or the largest absolute value. */
export type Norm = "L2" | "Linf";

/** out [B, 1, …]. Input: x [B, …]. */
export const exampleNormOp: OpDef<{ readonly [key: string]: unknown; readonly norm: Norm }> = {
  name: "example_norm",
  shape: ([x]) => [f32(x.shape[0], ...x.shape.slice(1).map(() => 1))],
  lower: ({ inputs: [x], outputs: [out], attrs: { norm } }) => {
    const B = x.spec.shape[0], INNER = rowCount(x.spec.shape) / Math.max(1, B) * rowVec4s(x.spec.shape);
    return [{
      label: "example_norm",
      source: fillTemplate(source, {
        consts: { B, INNER, MAXIMUM: norm === "Linf" ? 1 : 0 },
      }),
      bindings: [{ operand: x, kind: "read" }, { operand: out, kind: "read_write" }],
      workgroups: splitGrid(Math.ceil(B / 64)),
      leading: true,
    }];
  },
  backward: null,
  reference: ([x], { norm }, [out]) => {
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
  cases: (["L2", "Linf"] as const).flatMap((norm) => [
    { name: `${norm}, one element`, inputs: [f32(1, 1)], attrs: { norm } },
    { name: `${norm}, images`, inputs: [f32(3, 5, 4, 3)], attrs: { norm } },
    { name: `${norm}, above a workgroup`, inputs: [f32(65, 9)], attrs: { norm } },
  ]),
};

/**
 * The norm of each example over all its elements: the square root of the sum of squares, or the largest absolute
 * value. Not differentiable.
 *
 * @param x [B, …].
 * @returns [B, 1, …], of the rank of x.
 */
export function exampleNorm(x: Value, norm: Norm): Tensor {
  return record(exampleNormOp, [x], { norm })[0];
}
