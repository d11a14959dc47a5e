/** The gradients of layer normalisation. */

import type { Kernel, NdArray, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, lastDim, rowCount, rowVec4s } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { planRowSums } from "./row_sums.ts";
import affineSource from "./layer_norm_grad_affine.wgsl" with { type: "text" };
import inputSource from "./layer_norm_grad_input.wgsl" with { type: "text" };
import sumsSource from "./layer_norm_grad_sums.wgsl" with { type: "text" };
import pairSumSource from "./workgroup_pair_sum.wgsl" with { type: "text" };

type NoAttrs = Readonly<Record<string, never>>;

/** dx. Inputs: x [..., C], gamma [C], stats [..., 2], dy. */
export const layerNormGradInputOp: OpDef<NoAttrs> = {
  name: "layer_norm_grad_input",
  shape: ([x]) => [f32(...x.shape)],
  lower: ({ inputs, outputs: [dx] }) => {
    const shape = dx.spec.shape;
    const ROWS = rowCount(shape);
    return [{
      label: "layer_norm_grad_input",
      source: fillTemplate(inputSource, { consts: { ROWS, C: lastDim(shape), C4: rowVec4s(shape) } }),
      bindings: [
        ...inputs.map((operand) => ({ operand, kind: "read" as const })),
        { operand: dx, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(ROWS / 64)),
    }];
  },
  backward: null,
  reference: ([x, gamma, stats, dy]) => {
    const c = gamma.data.length, xhat = normalised(x, stats);
    const h = dy.data.map((v, i) => v * gamma.data[i % c]);
    const sums = new Float64Array(rowCount(x.shape)), products = new Float64Array(rowCount(x.shape));
    h.forEach((v, i) => {
      sums[Math.floor(i / c)] += v / c;
      products[Math.floor(i / c)] += v * xhat[i] / c;
    });
    const data = h.map((v, i) => {
      const row = Math.floor(i / c);
      return stats.data[2 * row + 1] * (v - sums[row] - xhat[i] * products[row]);
    });
    return [{ shape: x.shape, data }];
  },
  flops: () => 0,
  cases: layerNormCases().map(({ name, x, large }) => ({
    name,
    large,
    inputs: [f32(...x), f32(lastDim(x)), f32(...x.slice(0, -1), 2), f32(...x)],
    attrs: {},
  })),
};

/** dgamma and dbeta. Inputs: x [..., C], stats [..., 2], dy. */
export const layerNormGradAffineOp: OpDef<NoAttrs> = {
  name: "layer_norm_grad_affine",
  shape: ([x]) => [f32(lastDim(x.shape)), f32(lastDim(x.shape))],
  lower: ({ inputs, outputs, target, scratch }) => {
    const reads = (operands: readonly Operand[]) =>
      operands.map((operand) => ({ operand, kind: "read" as const }));
    const writes = (operands: readonly Operand[]) =>
      operands.map((operand) => ({ operand, kind: "read_write" as const }));
    const { PART, ...consts } = planRowSums(inputs[0].spec.shape, target), { C4, SPLITS } = consts;
    const kernels: Kernel[] = [];
    let terms = inputs;
    if (SPLITS > 0) {
      terms = [scratch(f32(SPLITS, 2, 4 * C4))];
      kernels.push({
        label: "layer_norm_grad_sums",
        source: fillTemplate(sumsSource, { consts: { ...consts, PART } }),
        bindings: [...reads(inputs), ...writes(terms)],
        workgroups: splitGrid(Math.ceil(SPLITS * C4 / 64)),
      });
    }
    kernels.push({
      label: "layer_norm_grad_affine",
      source: fillTemplate(affineSource, { include: [pairSumSource], consts }),
      bindings: [...writes(outputs), ...reads(terms)],
      workgroups: [C4, 1, 1],
    });
    return kernels;
  },
  backward: null,
  reference: ([x, stats, dy]) => {
    const c = lastDim(x.shape), xhat = normalised(x, stats);
    const dgamma = new Float64Array(c), dbeta = new Float64Array(c);
    dy.data.forEach((v, i) => {
      dgamma[i % c] += v * xhat[i];
      dbeta[i % c] += v;
    });
    return [{ shape: [c], data: dgamma }, { shape: [c], data: dbeta }];
  },
  flops: () => 0,
  cases: layerNormCases().map(({ name, x, large }) => ({
    name,
    large,
    inputs: [f32(...x), f32(...x.slice(0, -1), 2), f32(...x)],
    attrs: {},
  })),
};

/** Mean and 1 / sqrt(variance + eps) of each row, in turn. */
export function layerStats(x: NdArray, eps: number): Float64Array {
  const rows = rowCount(x.shape), c = lastDim(x.shape);
  const stats = new Float64Array(2 * rows);
  for (let r = 0; r < rows; r++) {
    const row = x.data.subarray(r * c, (r + 1) * c);
    const mean = row.reduce((sum, v) => sum + v, 0) / c;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / c;
    stats.set([mean, 1 / Math.sqrt(variance + eps)], 2 * r);
  }
  return stats;
}

function normalised(x: NdArray, stats: NdArray): Float64Array {
  const c = lastDim(x.shape);
  return x.data.map((v, i) => {
    const row = Math.floor(i / c);
    return (v - stats.data[2 * row]) * stats.data[2 * row + 1];
  });
}

/** Shapes of x that the suites try. */
export function layerNormCases(): { name: string; x: number[]; large?: boolean }[] {
  return [
    { name: "one element", x: [1, 1] },
    { name: "one row", x: [6] },
    { name: "odd", x: [3, 5, 7] },
    { name: "whole vec4s", x: [2, 9, 12] },
    { name: "above a workgroup", x: [67, 6] },
    { name: "empty batch", x: [0, 5, 4] },
    { name: "many rows", x: [4099, 9], large: true },
    { name: "two stages on any device", x: [2731, 195], large: true },
  ];
}
