/**
 * Splitting a tensor along an axis.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { NdArray, OpCase, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import {
  f32,
  formatShape,
  rowVec4s,
  type Shape,
  sizeOf,
  type Spec,
  u32,
  vec4Count,
} from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { type ConcatAttrs, concatRule, join } from "./concat_rule.ts";
import { fill } from "./fill.ts";
import source from "./split.wgsl" with { type: "text" };

interface SplitAttrs {
  readonly [key: string]: unknown;
  readonly axis: number;
  /** Sizes of the pieces along the axis. */
  readonly sizes: readonly number[];
}

/** Outputs of one kernel: WebGPU guarantees eight storage buffers, one is the input. */
const MAX_PARTS = 7;

/** Joins the gradients of the pieces; not differentiable itself. */
const splitGradOp: OpDef<ConcatAttrs> = { ...concatRule, backward: null };

/** Outputs: pieces of x of the given sizes along `axis`, in order, which together make up x. */
export const splitOp: OpDef<SplitAttrs> = {
  name: "split",
  shape: ([x], { axis, sizes }) => {
    const total = sizes.reduce((sum, n) => sum + n, 0);
    const whole = sizes.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (sizes.length === 0 || !whole || x.shape[axis] !== total) {
      throw new RangeError(
        `Cannot split ${formatShape(x.shape)} along axis ${axis}: the sizes ${
          sizes.join(", ")
        } add up to ${total}, the axis has ${x.shape[axis] ?? "none"}`,
      );
    }
    return sizes.map((size) => partSpec(x, { axis, size }));
  },
  lower: ({ inputs: [x], outputs, attrs: { axis, sizes } }) => {
    const kernels = [];
    for (let first = 0; first < outputs.length; first += MAX_PARTS) {
      const parts = outputs.slice(first, first + MAX_PARTS);
      kernels.push(splitKernel({ x, parts, axis, sizes, first }));
    }
    return kernels;
  },
  backward: ({ outputs, grads, attrs: { axis } }) => [
    join(splitGradOp, grads.map((g, k) => g ?? fill(outputs[k].shape, 0)), { axis }),
  ],
  reference: ([x], { axis }, outputs) => splitReference(x, { axis, outputs }),
  flops: () => 0,
  cases: [
    splitCase("one element each", [2], { axis: 0, sizes: [1, 1] }),
    splitCase("a single piece", [3, 5], { axis: 1, sizes: [5] }),
    splitCase("innermost, odd widths", [2, 3, 13], { axis: 2, sizes: [5, 1, 7] }),
    splitCase("innermost, multiples of four, then not", [3, 14], { axis: 1, sizes: [4, 8, 2] }),
    splitCase("outermost", [7, 5], { axis: 0, sizes: [2, 1, 4] }),
    splitCase("middle: a token from the others", [3, 5, 6], { axis: 1, sizes: [1, 4] }),
    splitCase("an empty piece", [3, 5], { axis: 1, sizes: [2, 0, 3] }),
    splitCase("empty batch", [0, 7, 3], { axis: 1, sizes: [2, 5] }),
    splitCase("nine pieces, two kernels", [5, 45], { axis: 1, sizes: [1, 2, 3, 4, 5, 6, 7, 8, 9] }),
    { ...splitCase("above a workgroup", [2, 9, 9, 16], { axis: 3, sizes: [6, 10] }), large: true },
    { name: "unsigned", inputs: [u32(3, 7)], attrs: { axis: 1, sizes: [5, 2] }, large: true },
  ],
};

function splitCase(name: string, shape: Shape, attrs: SplitAttrs): OpCase<SplitAttrs> {
  return { name, inputs: [f32(...shape)], attrs };
}

function partSpec(x: Spec, { axis, size }: { axis: number; size: number }): Spec {
  return { shape: x.shape.map((n, d) => d === axis ? size : n), dtype: x.dtype };
}

interface SplitPlan {
  readonly x: Operand;
  /** Some of the outputs, of which the first is number `first`. */
  readonly parts: readonly Operand[];
  readonly axis: number;
  readonly sizes: readonly number[];
  readonly first: number;
}

function splitKernel({ x, parts, axis, sizes, first }: SplitPlan) {
  const shape = x.spec.shape;
  const last = axis === shape.length - 1;
  const aligned = !last || sizes.slice(0, -1).every((size) => size % 4 === 0);
  let end = 0;
  const lines = parts.map(({ spec }, k) => {
    const before = sizes.slice(0, first + k).reduce((sum, n) => sum + n, 0);
    const start = !aligned ? before : last ? before / 4 : vec4Count([before, ...shape.slice(axis + 1)]);
    const row = Math.max(1, last ? rowVec4s(spec.shape) : vec4Count(spec.shape.slice(axis)));
    const from = end;
    end += vec4Count(spec.shape);
    const read = `part(i - ${from}u, ${row}u, ${start}u, ${spec.shape[axis]}u)`;
    return `  if (i < ${end}u) { out${k}[i - ${from}u] = ${read}; return; }`;
  });
  return {
    label: "split",
    source: fillTemplate(source, {
      consts: {
        PARTS: parts.length,
        ROW: Math.max(1, vec4Count(shape.slice(axis))),
        ALIGNED: aligned ? 1 : 0,
      },
      text: { BRANCHES: lines.join("\n") },
    }),
    bindings: [
      { operand: x, kind: "read" as const },
      ...parts.map((operand) => ({ operand, kind: "read_write" as const })),
    ],
    workgroups: splitGrid(Math.ceil(end / 64)),
  };
}

function splitReference(
  x: NdArray,
  { axis, outputs }: { axis: number; outputs: readonly Spec[] },
): NdArray[] {
  const row = sizeOf(x.shape.slice(axis));
  let start = 0;
  return outputs.map(({ shape }) => {
    const width = sizeOf(shape.slice(axis)), from = start;
    start += width;
    const data = new Float64Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      data[i] = x.data[Math.floor(i / width) * row + from + i % width];
    }
    return { shape, data };
  });
}

/**
 * Pieces of x of the given sizes along `axis` (counted from 0, or from the end if negative), in order. One operation
 * with several outputs; its gradient joins theirs, with zeros for pieces that nothing depends on.
 *
 * @throws {RangeError} If the sizes do not add up to the size of the axis.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { split } from "./split.ts";
 *
 * const x = new Variable("x", f32(2, 3), Float32Array.of(1, 2, 3, 4, 5, 6));
 * const { graph, result } = trace(() => split(x, { sizes: [1, 2], axis: -1 }));
 * assertEquals(evaluateReference(graph, result).map(({ data }) => [...data]), [[1, 4], [2, 3, 5, 6]]);
 * ```
 */
export function split(
  x: Value,
  { sizes, axis }: { readonly sizes: readonly number[]; readonly axis: number },
): Tensor[] {
  return [...record(splitOp, [x], { sizes, axis: axis < 0 ? axis + x.shape.length : axis })];
}
