/**
 * Softmax over the innermost dimension, and its logarithm.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { Kernel, NdArray, OpCase, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, lastDim, rowCount, rowVec4s, type Shape } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./softmax.wgsl" with { type: "text" };

interface SoftmaxAttrs {
  readonly [key: string]: unknown;
  /** The logarithm of it. */
  readonly log: boolean;
}

/** y = softmax of x over the innermost dimension, or its logarithm. */
export const softmaxOp: OpDef<SoftmaxAttrs> = {
  name: "softmax",
  shape: ([x]) => [f32(...x.shape)],
  lower: ({ inputs, outputs: [y], attrs }) => [kernel({ inputs, output: y, log: attrs.log, grad: false })],
  backward: ({ outputs: [y], grads: [g], attrs }) => [record(softmaxGradOp, [y, g!], attrs)[0]],
  reference: ([x], { log }) => [
    eachRow(x.shape, (row, out) => {
      const z = x.data.subarray(...row);
      const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
      const total = z.reduce((sum, v) => sum + Math.exp(v - largest), 0);
      z.forEach((v, c) => out[c] = log ? v - largest - Math.log(total) : Math.exp(v - largest) / total);
    }),
  ],
  flops: () => 0,
  cases: softmaxCases(1),
};

/** dx. Inputs: output of softmax, dy. */
export const softmaxGradOp: OpDef<SoftmaxAttrs> = {
  name: "softmax_grad",
  shape: ([y]) => [f32(...y.shape)],
  lower: ({ inputs, outputs: [dx], attrs }) => [kernel({ inputs, output: dx, log: attrs.log, grad: true })],
  backward: null,
  reference: ([y, dy], { log }) => [
    eachRow(y.shape, (row, out) => {
      const p = y.data.subarray(...row), g = dy.data.subarray(...row);
      const total = g.reduce((sum, v, c) => sum + (log ? v : v * p[c]), 0);
      p.forEach((v, c) => out[c] = log ? g[c] - Math.exp(v) * total : v * (g[c] - total));
    }),
  ],
  flops: () => 0,
  cases: softmaxCases(2),
};

function kernel(
  { inputs, output, log, grad }: {
    inputs: readonly Operand[];
    output: Operand;
    log: boolean;
    grad: boolean;
  },
): Kernel {
  const shape = output.spec.shape;
  const ROWS = rowCount(shape);
  return {
    label: grad ? "softmax_grad" : "softmax",
    source: fillTemplate(source, {
      consts: { ROWS, C: lastDim(shape), C4: rowVec4s(shape), LOG: log ? 1 : 0, GRAD: grad ? 1 : 0 },
    }),
    bindings: [
      ...inputs.map((operand) => ({ operand, kind: "read" as const })),
      { operand: output, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(ROWS / 64)),
    leading: true,
  };
}

function eachRow(
  shape: Shape,
  compute: (row: [from: number, to: number], out: Float64Array) => void,
): NdArray {
  const rows = rowCount(shape), c = lastDim(shape);
  const data = new Float64Array(rows * c);
  for (let r = 0; r < rows; r++) {
    compute([r * c, (r + 1) * c], data.subarray(r * c, (r + 1) * c));
  }
  return { shape, data };
}

function softmaxCases(arity: number): OpCase<SoftmaxAttrs>[] {
  return [true, false].flatMap((log) =>
    [
      { name: "scalar", x: [] },
      { name: "one element", x: [1, 1] },
      { name: "odd rows", x: [3, 5, 7] },
      { name: "whole vec4s", x: [2, 8] },
      { name: "above a workgroup", x: [65, 13] },
      { name: "empty batch", x: [0, 5] },
    ].map(({ name, x }) => ({
      name: log ? `${name}, log` : name,
      inputs: Array.from({ length: arity }, () => f32(...x)),
      attrs: { log },
    }))
  );
}

/**
 * exp(x) / (sum of exp(x)) over the innermost dimension, computed relative to the row's largest number.
 *
 * @param x [..., C].
 * @returns [..., C]; each row adds up to 1.
 */
export function softmax(x: Value): Tensor {
  return record(softmaxOp, [x], { log: false })[0];
}

/**
 * x - log(sum of exp(x)) over the innermost dimension, computed relative to the row's largest number.
 *
 * @param x [..., C].
 * @returns [..., C].
 */
export function logSoftmax(x: Value): Tensor {
  return record(softmaxOp, [x], { log: true })[0];
}
