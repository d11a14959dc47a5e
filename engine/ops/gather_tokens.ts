/** Selection of tokens by index. */

import { record } from "../graph/graph.ts";
import type { Kernel, NdArray, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import {
  f32,
  formatShape,
  lastDim,
  rowVec4s,
  type Shape,
  sizeOf,
  type Spec,
  u32,
  vec4Count,
} from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { tokenSumOp } from "./token_sum.ts";
import source from "./gather_tokens.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** out [B, K, D]. Inputs: x [B, T, D], index u32 [B, K]. */
export const gatherTokensOp: OpDef<NoAttrs> = {
  name: "gather_tokens",
  shape: ([x, index]) => {
    checkTokens("gather tokens", x, index);
    return [f32(...index.shape, x.shape[2])];
  },
  lower: ({ inputs: [x, index], outputs: [out] }) => [gatherKernel({ x, index, out, rows: 1 })],
  backward: ({ inputs: [x, index], grads: [g] }) => [
    record(tokenSumOp, [g!, index], { tokens: x.shape[1], shared: false })[0],
    null,
  ],
  reference: ([x, index], _, [out]) => [gatherReference({ x, index, shape: out.shape, rows: 1 })],
  flops: () => 0,
  cases: [
    { name: "one element", inputs: [f32(1, 1, 1), u32(1, 1)], attrs: {}, below: 1 },
    { name: "odd", inputs: [f32(3, 7, 5), u32(3, 5)], attrs: {}, below: 7 },
    { name: "all tokens, whole vec4s", inputs: [f32(2, 4, 8), u32(2, 4)], attrs: {}, below: 4 },
    { name: "above a workgroup", inputs: [f32(5, 3, 14), u32(5, 6)], attrs: {}, below: 3 },
    { name: "empty batch", inputs: [f32(0, 3, 4), u32(0, 2)], attrs: {}, below: 3 },
  ],
};

/**
 * Selects tokens of each example by index: out[b, k, :] = x[b, index[b, k], :]. An index may occur more than once; the
 * gradient then sums over its occurrences, in ascending order.
 *
 * @param x [B, T, D].
 * @param index u32 [B, K], each below T.
 * @returns [B, K, D].
 * @throws {RangeError} If the shapes or types are others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32, u32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { gatherTokens } from "./gather_tokens.ts";
 *
 * const x = new Variable("x", f32(1, 3, 1), Float32Array.of(10, 11, 12));
 * const index = new Variable("index", u32(1, 2), Uint32Array.of(2, 0));
 * const { graph, result } = trace(() => gatherTokens(x, index));
 * assertEquals([...evaluateReference(graph, [result])[0].data], [12, 10]);
 * ```
 */
export function gatherTokens(x: Value, index: Value): Tensor {
  return record(gatherTokensOp, [x, index], {})[0];
}

/** @throws {RangeError} If x is not [B, T, D] or index not u32 [B, K]. */
export function checkTokens(verb: string, x: Spec, index: Spec): void {
  const fits = x.shape.length === 3 && index.shape.length === 2 && x.shape[0] === index.shape[0];
  if (fits && index.dtype === "u32") return;
  throw new RangeError(
    `Cannot ${verb}: expected [B, T, D] and u32 [B, K], got ${formatShape(x.shape)} and ` +
      `${index.dtype} ${formatShape(index.shape)}`,
  );
}

/** Copies rows of `x` [G, T, D] to `out` [R, K, D]; `rows` of R belong to one of G. */
export function gatherKernel(
  { x, index, out, rows }: { x: Operand; index: Operand; out: Operand; rows: number },
): Kernel {
  const COUNT = vec4Count(out.spec.shape);
  return {
    label: "gather_tokens",
    source: fillTemplate(source, {
      consts: {
        COUNT,
        ROWS: Math.max(1, rows),
        K: Math.max(1, lastDim(index.spec.shape)),
        INDEX_ROW: 4 * rowVec4s(index.spec.shape),
        T: x.spec.shape[x.spec.shape.length - 2],
        D4: Math.max(1, rowVec4s(out.spec.shape)),
      },
    }),
    bindings: [
      { operand: x, kind: "read" },
      { operand: index, kind: "read" },
      { operand: out, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

/** The same in float64. */
export function gatherReference(
  { x, index, shape, rows }: { x: NdArray; index: NdArray; shape: Shape; rows: number },
): NdArray {
  const d = lastDim(shape), tokens = x.shape[x.shape.length - 2], perGroup = rows * lastDim(index.shape);
  const data = new Float64Array(sizeOf(shape));
  for (let n = 0; n < index.data.length; n++) {
    const from = (Math.floor(n / perGroup) * tokens + index.data[n]) * d;
    data.set(x.data.subarray(from, from + d), n * d);
  }
  return { shape, data };
}
