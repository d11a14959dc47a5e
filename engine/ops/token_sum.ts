/** Sums of rows by index: the gradient of a lookup. */

import type { Kernel, NdArray, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, lastDim, rowCount, rowVec4s, type Shape, sizeOf, u32 } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./token_sum.wgsl" with { type: "text" };

interface TokenSumAttrs {
  readonly [key: string]: unknown;
  /** T, the rows of one group of the output. */
  readonly tokens: number;
  /** Whether all index rows add into one table [T, D], instead of each into its own. */
  readonly shared: boolean;
}

/** out [B, T, D], or [T, D] where shared. Inputs: x [B, K, D] or [..., D], index u32 [B, K] or [...]. */
export const tokenSumOp: OpDef<TokenSumAttrs> = {
  name: "token_sum",
  shape: ([x, index], { tokens, shared }) => [
    f32(...(shared ? [] : index.shape.slice(0, -1)), tokens, lastDim(x.shape)),
  ],
  lower: ({ inputs: [x, index], outputs: [out], attrs: { shared } }) => [
    tokenSumKernel({ x, index, out, rows: shared ? rowCount(index.spec.shape) : 1 }),
  ],
  backward: null,
  reference: ([x, index], { shared }, [out]) => [
    tokenSumReference({ x, index, shape: out.shape, rows: shared ? rowCount(index.shape) : 1 }),
  ],
  flops: () => 0,
  cases: [
    {
      name: "one element",
      inputs: [f32(1, 1, 1), u32(1, 1)],
      attrs: { tokens: 1, shared: false },
      below: 1,
    },
    { name: "odd", inputs: [f32(3, 5, 7), u32(3, 5)], attrs: { tokens: 6, shared: false }, below: 6 },
    { name: "long rows", inputs: [f32(5, 4, 18), u32(5, 4)], attrs: { tokens: 9, shared: false }, below: 9 },
    { name: "one table", inputs: [f32(3, 5, 6), u32(3, 5)], attrs: { tokens: 70, shared: true }, below: 70 },
    { name: "one table, one number", inputs: [f32(6), u32()], attrs: { tokens: 3, shared: true }, below: 3 },
    { name: "empty batch", inputs: [f32(0, 5, 6), u32(0, 5)], attrs: { tokens: 3, shared: true }, below: 3 },
  ],
};

/** Sums rows of `x` [R, K, D] by index into `out` [G, T, D]; `rows` of R belong to one of G. */
export function tokenSumKernel(
  { x, index, out, fill, rows }: {
    x: Operand;
    index: Operand;
    out: Operand;
    /** [D], for places without a row. */
    fill?: Operand;
    rows: number;
  },
): Kernel {
  const D4 = rowVec4s(out.spec.shape), T = out.spec.shape[out.spec.shape.length - 2];
  const CHUNK = Math.max(1, Math.min(4, D4)), CHUNKS = Math.max(1, Math.ceil(D4 / CHUNK));
  const COUNT = rowCount(out.spec.shape) * CHUNKS;
  return {
    label: fill === undefined ? "token_sum" : "scatter_tokens",
    source: fillTemplate(source, {
      consts: {
        COUNT,
        ROWS: rows,
        K: lastDim(index.spec.shape),
        K4: rowVec4s(index.spec.shape),
        T: Math.max(1, T),
        D4,
        CHUNK,
        CHUNKS,
        FILL: fill === undefined ? 0 : 1,
      },
    }),
    bindings: [
      ...[x, index, ...(fill === undefined ? [] : [fill])].map((operand) => ({
        operand,
        kind: "read" as const,
      })),
      { operand: out, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

/** The same in float64. */
export function tokenSumReference(
  { x, index, shape, fill, rows }: {
    x: NdArray;
    index: NdArray;
    shape: Shape;
    fill?: NdArray;
    rows: number;
  },
): NdArray {
  const data = new Float64Array(sizeOf(shape)), d = lastDim(shape), tokens = shape[shape.length - 2];
  const filled = new Uint8Array(data.length / Math.max(1, d));
  const perGroup = rows * lastDim(index.shape);
  for (let n = 0; n < index.data.length; n++) {
    const to = Math.floor(n / perGroup) * tokens + index.data[n];
    filled[to] = 1;
    for (let k = 0; k < d; k++) data[to * d + k] += x.data[n * d + k];
  }
  if (fill !== undefined) filled.forEach((hit, to) => hit === 0 && data.set(fill.data, to * d));
  return { shape, data };
}
