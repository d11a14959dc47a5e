/** Sums over a run of neighbouring dimensions. */

import { record } from "../graph/graph.ts";
import type { Kernel, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, sameShape, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { asTensor } from "../graph/graph.ts";
import { add, scale, scaleOp } from "./arithmetic.ts";
import { fill, fillOp } from "./fill.ts";
import source from "./reduce_sum.wgsl" with { type: "text" };
import stripsSource from "./reduce_sum_strips.wgsl" with { type: "text" };

interface ReduceAttrs {
  readonly [key: string]: unknown;
  /** First and one past the last dimension summed over. */
  readonly from: number;
  readonly to: number;
  /** Rank to reduce to by dropping leading dimensions of 1, which does not change the memory. Default: keep them. */
  readonly rank?: number;
}

/** Number of outputs, in vec4s, below which one invocation each would leave the device idle. */
const FEW = 1024;
/** Number of terms above which few long sums take two kernels, so that several workgroups share each. */
const LONG = 32_768;

/** out = sum of x over dimensions [from, to), which become 1. */
export const reduceSumOp: OpDef<ReduceAttrs> = {
  name: "reduce_sum",
  shape: ([x], { from, to, rank }) => {
    if (from < 0 || to > x.shape.length || from > to) {
      throw new RangeError(`Cannot sum: dimensions ${from} to ${to} do not exist in ${formatShape(x.shape)}`);
    }
    const kept = x.shape.map((n, d) => d >= from && d < to ? 1 : n);
    const dropped = kept.length - (rank ?? kept.length);
    if (kept.slice(0, dropped).some((n) => n !== 1)) {
      throw new RangeError(
        `Cannot sum: ${formatShape(kept)} has no ${dropped} leading dimensions of 1 to drop`,
      );
    }
    return [f32(...kept.slice(dropped))];
  },
  lower: ({ inputs: [x], outputs: [out], attrs: { from, to }, scratch }) => {
    const shape = x.spec.shape;
    if (from === to) {
      return sumKernels({ x, out, scratch, outer: 1, length: 1, inner: vec4Count(shape), lanes: false });
    }
    const lanes = to === shape.length;
    const outer = sizeOf(shape.slice(0, from));
    const inner = lanes ? 1 : vec4Count(shape.slice(to));
    const length = lanes ? vec4Count(shape.slice(from)) : sizeOf(shape.slice(from, to));
    // Leading dimensions are examples: the order of one's sum must not depend on their number.
    return sumKernels({ x, out, scratch, outer, length, inner, lanes, split: from === 0 });
  },
  backward: ({ inputs: [x], grads: [g] }) => {
    const value = constantOf(g!);
    return [value === null ? add(fill(x.shape, 0), g!) : fill(x.shape, value)];
  },
  reference: ([x], { from, to }, [out]) => {
    const outer = sizeOf(x.shape.slice(0, from)), inner = sizeOf(x.shape.slice(to));
    const length = sizeOf(x.shape.slice(from, to));
    const data = new Float64Array(sizeOf(out.shape));
    for (let o = 0; o < outer; o++) {
      for (let r = 0; r < length; r++) {
        for (let k = 0; k < inner; k++) data[o * inner + k] += x.data[(o * length + r) * inner + k];
      }
    }
    return [{ shape: out.shape, data }];
  },
  flops: ([x]) => sizeOf(x.shape),
  cases: [
    { name: "scalar", inputs: [f32()], attrs: { from: 0, to: 0 } },
    { name: "everything, one element", inputs: [f32(1, 1)], attrs: { from: 0, to: 2 } },
    { name: "everything, odd", inputs: [f32(3, 5, 7)], attrs: { from: 0, to: 3 } },
    { name: "rows, odd", inputs: [f32(7, 3, 5)], attrs: { from: 0, to: 2 } },
    { name: "innermost, odd", inputs: [f32(3, 2, 9)], attrs: { from: 2, to: 3 } },
    { name: "middle", inputs: [f32(3, 4, 2, 6)], attrs: { from: 1, to: 3 } },
    { name: "all but the first", inputs: [f32(5, 2, 3, 6)], attrs: { from: 1, to: 4 } },
    { name: "down to a lower rank", inputs: [f32(4, 3, 5)], attrs: { from: 0, to: 2, rank: 1 } },
    { name: "strips, odd", inputs: [f32(131, 6)], attrs: { from: 0, to: 1 } },
    { name: "strips, innermost", inputs: [f32(3, 1030)], attrs: { from: 1, to: 2 } },
    { name: "strips, several workgroups", inputs: [f32(3, 400, 75)], attrs: { from: 1, to: 2 }, large: true },
    { name: "as many strips as there are", inputs: [f32(8192, 12)], attrs: { from: 0, to: 1 }, large: true },
    { name: "long, two stages", inputs: [f32(40_001, 6)], attrs: { from: 0, to: 1 }, large: true },
    {
      name: "more than 65,535 workgroups",
      inputs: [f32(1, 65_537 * 64, 1)],
      attrs: { from: 0, to: 1 },
      large: true,
    },
  ],
};

interface SumPlan {
  readonly x: Operand;
  readonly out: Operand;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly lanes: boolean;
  /** Whether a long sum may be split; default true. */
  readonly split?: boolean;
  scratch(spec: ReturnType<typeof f32>): Operand;
}

/**
 * One kernel, or two for a very long sum of few. Also used by operations that sum partials. Unless `split`, the order
 * of a sum depends on `length` and `inner` alone.
 */
export function sumKernels(plan: SumPlan): Kernel[] {
  const { x, out, outer, length, inner, lanes, split = true, scratch } = plan;
  const outputs = outer * inner;
  if (split && outputs < FEW && length > LONG) {
    const part = Math.ceil(length / Math.min(length / 32, 2 * FEW / Math.max(1, outputs)));
    const splits = Math.ceil(length / part);
    const partials = scratch(f32(outer * splits * inner * 4));
    return [
      sumKernel({ x, out: partials, outer, length, inner, lanes: false, splits, part }),
      ...sumKernels({ ...plan, x: partials, length: splits }),
    ];
  }
  const strips = inner < FEW ? stripsOf(length) : 1;
  return strips === 1
    ? [sumKernel({ x, out, outer, length, inner, lanes, splits: 1, part: length })]
    : [stripsKernel({ x, out, outer, length, inner, lanes, strips })];
}

/** Number of invocations that share one sum: a power of 2, so that each has some 64 terms. */
function stripsOf(length: number): number {
  return Math.min(64, 2 ** Math.ceil(Math.log2(Math.max(1, length / 64))));
}

function stripsKernel(plan: Omit<SumPlan, "scratch"> & { strips: number }): Kernel {
  const { x, out, outer, length, inner, lanes, strips } = plan;
  return {
    label: "reduce_sum strips",
    source: fillTemplate(stripsSource, {
      consts: { OUTER: outer, LENGTH: length, INNER: inner, STRIPS: strips, LANES: lanes ? 1 : 0 },
    }),
    bindings: [{ operand: x, kind: "read" }, { operand: out, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(outer * inner * strips / 64)),
  };
}

function sumKernel(plan: Omit<SumPlan, "scratch"> & { splits: number; part: number }): Kernel {
  const { x, out, outer, length, inner, lanes, splits, part } = plan;
  return {
    label: "reduce_sum",
    source: fillTemplate(source, {
      consts: {
        OUTER: outer,
        LENGTH: length,
        INNER: inner,
        SPLITS: splits,
        PART: part,
        LANES: lanes ? 1 : 0,
      },
    }),
    bindings: [{ operand: x, kind: "read" }, { operand: out, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(outer * splits * inner / 64)),
  };
}

/**
 * Sum over dimensions `from` to `to` (one past the last), which become 1.
 *
 * @throws {RangeError} If the dimensions do not exist.
 */
export function reduceSum(x: Value, { from = 0, to }: { from?: number; to?: number } = {}): Tensor {
  const last = to ?? x.shape.length;
  return from === last ? asTensor(x) : record(reduceSumOp, [x], { from, to: last })[0];
}

/**
 * Mean over dimensions `from` to `to` (one past the last), which become 1.
 *
 * @throws {RangeError} If there is nothing to average.
 */
export function reduceMean(x: Value, { from = 0, to }: { from?: number; to?: number } = {}): Tensor {
  return scale(reduceSum(x, { from, to }), 1 / countOf(x.shape, x.shape.slice(from, to)));
}

/** Sum of all elements, shape []. */
export function sumAll(x: Value): Tensor {
  return record(reduceSumOp, [x], { from: 0, to: x.shape.length, rank: 0 })[0];
}

/**
 * Mean of all elements, shape [].
 *
 * @throws {RangeError} If x has no elements.
 */
export function meanAll(x: Value): Tensor {
  return scale(sumAll(x), 1 / countOf(x.shape, x.shape));
}

function countOf(shape: Shape, averaged: Shape): number {
  const count = sizeOf(averaged);
  if (count === 0) throw new RangeError(`Cannot average: ${formatShape(shape)} has no elements`);
  return count;
}

/** The value of all elements of a constant tensor, such as the gradient of a mean; null if not constant. */
function constantOf({ node }: Tensor): number | null {
  if (node?.op.name === fillOp.name) return node.attrs.value as number;
  if (node?.op.name !== scaleOp.name) return null;
  const value = constantOf(node.inputs[0]);
  return value === null ? null : value * (node.attrs.k as number);
}

/** Undoes broadcasting: sums `x` down to `shape`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const rank = x.shape.length;
  const aligned: number[] = [...Array(rank - shape.length).fill(1), ...shape];
  let to = rank;
  while (to > 0 && aligned[to - 1] === x.shape[to - 1]) to--;
  let from = to;
  while (from > 0 && aligned[from - 1] === 1) from--;
  const rest = x.shape.slice(0, from);
  if (!sameShape(rest, aligned.slice(0, from))) return sumTo(reduceSum(x, { from, to }), shape);
  return record(reduceSumOp, [x], { from, to, rank: shape.length })[0];
}
