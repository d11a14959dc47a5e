/**
 * The same elements in another shape.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import {
  f32,
  formatShape,
  lastDim,
  rowVec4s,
  sameShape,
  type Shape,
  sizeOf,
  vec4Count,
} from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { asTensor } from "../graph/graph.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./reshape.wgsl" with { type: "text" };

interface ReshapeAttrs {
  readonly [key: string]: unknown;
  readonly shape: Shape;
}

/** Whether both shapes have the same layout in memory. */
export function sameMemory(a: Shape, b: Shape): boolean {
  const m = lastDim(a), n = lastDim(b);
  return m === n || (m % 4 === 0 && n % 4 === 0);
}

/** out = x, row-major, in `shape`. */
export const reshapeOp: OpDef<ReshapeAttrs> = {
  name: "reshape",
  shape: ([x], { shape }) => {
    if (sizeOf(x.shape) !== sizeOf(shape)) {
      throw new RangeError(
        `Cannot reshape: ${formatShape(x.shape)} has ${sizeOf(x.shape)} elements, ` +
          `${formatShape(shape)} has ${sizeOf(shape)}`,
      );
    }
    return [f32(...shape)];
  },
  lower: ({ inputs: [x], outputs: [out] }) => {
    const from = x.spec.shape, to = out.spec.shape, count = vec4Count(to);
    return [{
      label: "reshape",
      source: fillTemplate(source, {
        consts: {
          COUNT: count,
          COPY: sameMemory(from, to) ? 1 : 0,
          LAST_IN: Math.max(1, lastDim(from)),
          LAST_OUT: Math.max(1, lastDim(to)),
          ROW_IN: Math.max(1, rowVec4s(from)),
          ROW_OUT: Math.max(1, rowVec4s(to)),
        },
      }),
      bindings: [{ operand: x, kind: "read" }, { operand: out, kind: "read_write" }],
      workgroups: splitGrid(Math.ceil(count / 64)),
      leading: true,
    }];
  },
  isView: (x, out) => sameMemory(x.shape, out.shape),
  backward: ({ inputs: [x], grads: [g] }) => [reshape(g!, x.shape)],
  reference: ([x], _, [out]) => [{ shape: out.shape, data: x.data.slice() }],
  flops: () => 0,
  cases: [
    reshapeCase("scalar to a row", [], [1, 1]),
    reshapeCase("same innermost dimension", [2, 3, 5], [6, 5]),
    reshapeCase("multiples of four", [3, 2, 8], [4, 12]),
    reshapeCase("odd to odd", [3, 5, 7], [7, 15]),
    reshapeCase("odd to a multiple of four", [4, 3, 6], [6, 12]),
    reshapeCase("flattened", [2, 3, 3, 2], [36]),
    reshapeCase("spread to single elements", [3, 7], [21, 1]),
    reshapeCase("empty batch", [0, 6], [0, 2, 3]),
    { ...reshapeCase("above a workgroup", [65, 6], [195, 2]), large: true },
    {
      ...reshapeCase("copied, more than 65,535 workgroups", [65_537 * 64, 1], [2, 65_537 * 32, 1]),
      large: true,
    },
    { ...reshapeCase("gathered, more than 65,535 workgroups", [64, 65_537], [65_537 * 64, 1]), large: true },
  ],
};

function reshapeCase(name: string, from: Shape, shape: Shape): OpCase<ReshapeAttrs> {
  return { name, inputs: [f32(...from)], attrs: { shape } };
}

/**
 * The elements of x, row-major, in another shape of the same size. Costs one copy, or nothing where
 * {@linkcode sameMemory} holds and x is not a variable, which could change while the result is in use.
 *
 * @throws {RangeError} If the sizes differ.
 */
export function reshape(x: Value, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? asTensor(x) : record(reshapeOp, [x], { shape })[0];
}
