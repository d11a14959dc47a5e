/** Batch normalisation over all dimensions but the innermost, with its relu, in training mode. */

import { record } from "../graph.ts";
import type { Kernel, NdArray, OpDef, Operand } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, formatShape, lastDim, rowCount, rowVec4s, type Shape, type Spec } from "../shape.ts";
import type { Tensor, Value } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import { affineKernel, channelGrid } from "./channel_affine.ts";
import { wgslFloat } from "./elementwise.ts";
import finishSource from "./batch_norm_finish.wgsl" with { type: "text" };
import gradFinishSource from "./batch_norm_grad_finish.wgsl" with { type: "text" };
import gradInputSource from "./batch_norm_grad_input.wgsl" with { type: "text" };
import sumsSource from "./channel_sums.wgsl" with { type: "text" };

interface BatchNormAttrs {
  readonly [key: string]: unknown;
  readonly eps: number;
  /** Cut the result off below 0. */
  readonly relu: boolean;
}

/**
 * y = gamma * (x - mean) / sqrt(variance + eps) + beta with the batch's own mean and biased variance.
 * Inputs: x [..., C], gamma [C], beta [C]. Outputs: y, mean [C], variance [C], and the affine form scale [C],
 * offset [C], which the gradient uses. Source: Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithm 1.
 */
export const batchNormOp: OpDef<BatchNormAttrs> = {
  name: "batch_norm",
  shape: ([x, gamma, beta]) => {
    const c = lastDim(x.shape);
    for (const s of [gamma, beta]) {
      if (s.shape.length !== 1 || s.shape[0] !== c) {
        throw new RangeError(
          `Cannot normalise: expected [${c}] for x ${formatShape(x.shape)}, got ${formatShape(s.shape)}`,
        );
      }
    }
    if (rowCount(x.shape) === 0) {
      throw new RangeError(`Cannot normalise: the batch is empty, x is ${formatShape(x.shape)}`);
    }
    return [f32(...x.shape), f32(c), f32(c), f32(c), f32(c)];
  },
  lower: ({ inputs: [x, gamma, beta], outputs: [y, mean, variance, scale, offset], attrs, scratch }) => {
    const sums = sumsKernel({ x, scratch, relu: false });
    return [
      sums.kernel,
      {
        label: "batch_norm_finish",
        source: fillTemplate(finishSource, { consts: sums.consts, text: { EPS: wgslFloat(attrs.eps) } }),
        bindings: [
          ...[x, sums.part, gamma, beta].map((operand) => ({ operand, kind: "read" as const })),
          ...[mean, variance, scale, offset].map((operand) => ({ operand, kind: "read_write" as const })),
        ],
        workgroups: [Math.ceil(sums.consts.C4 / 64), 1, 1],
      },
      affineKernel({ x, scale, offset, y, relu: attrs.relu }),
    ];
  },
  backward: (
    { inputs: [x, gamma], outputs: [, mean, variance, scale, offset], grads: [g, ...others], attrs },
  ) => {
    if (g === null || others.some((other) => other !== null)) {
      throw new TypeError(
        "Cannot differentiate: the statistics of batch_norm have no gradient, only its result has",
      );
    }
    return [...record(batchNormGradOp, [x, gamma, mean, variance, scale, offset, g], attrs)];
  },
  reference: ([x, gamma, beta], { eps, relu }) => {
    const c = gamma.data.length, rows = x.data.length / c;
    const mean = new Float64Array(c), variance = new Float64Array(c);
    x.data.forEach((v, i) => mean[i % c] += v / rows);
    x.data.forEach((v, i) => variance[i % c] += (v - mean[i % c]) ** 2 / rows);
    const scale = gamma.data.map((g, k) => g / Math.sqrt(variance[k] + eps));
    const offset = beta.data.map((b, k) => b - mean[k] * scale[k]);
    const y = x.data.map((v, i) => v * scale[i % c] + offset[i % c]).map((v) => relu ? Math.max(v, 0) : v);
    const vector = (data: Float64Array): NdArray => ({ shape: [c], data });
    return [{ shape: x.shape, data: y }, vector(mean), vector(variance), vector(scale), vector(offset)];
  },
  flops: () => 0,
  cases: batchNormCases().map((c) => ({ ...c, inputs: [f32(...c.x), f32(lastDim(c.x)), f32(lastDim(c.x))] })),
};

/** dx, dgamma, dbeta. Inputs: x, gamma, mean, variance, scale, offset, dy. */
export const batchNormGradOp: OpDef<BatchNormAttrs> = {
  name: "batch_norm_grad",
  shape: ([x, gamma]) => [f32(...x.shape), f32(...gamma.shape), f32(...gamma.shape)],
  lower: (
    { inputs: [x, gamma, mean, variance, scale, offset, dy], outputs: [dx, dgamma, dbeta], attrs, scratch },
  ) => {
    const sums = sumsKernel({ x, scratch, relu: attrs.relu, grad: { dy, scale, offset } });
    const k = scratch(f32(3, lastDim(x.spec.shape)));
    const grid = channelGrid(x.spec.shape);
    return [
      sums.kernel,
      {
        label: "batch_norm_grad_finish",
        source: fillTemplate(gradFinishSource, { consts: sums.consts, text: { EPS: wgslFloat(attrs.eps) } }),
        bindings: [
          ...[x, sums.part, gamma, mean, variance].map((operand) => ({ operand, kind: "read" as const })),
          ...[dgamma, dbeta, k].map((operand) => ({ operand, kind: "read_write" as const })),
        ],
        workgroups: [Math.ceil(sums.consts.C4 / 64), 1, 1],
      },
      {
        label: "batch_norm_grad_input",
        source: fillTemplate(gradInputSource, { consts: { ...grid.consts, RELU: attrs.relu ? 1 : 0 } }),
        bindings: [
          ...[x, dy, scale, offset, k].map((operand) => ({ operand, kind: "read" as const })),
          { operand: dx, kind: "read_write" },
        ],
        workgroups: grid.workgroups,
      },
    ];
  },
  backward: null,
  reference: ([x, gamma, mean, variance, scale, offset, dy], { eps, relu }) => {
    const c = gamma.data.length, rows = x.data.length / c;
    const g = dy.data.map((v, i) => relu && x.data[i] * scale.data[i % c] + offset.data[i % c] <= 0 ? 0 : v);
    const rstd = variance.data.map((v) => 1 / Math.sqrt(v + eps));
    const xhat = x.data.map((v, i) => (v - mean.data[i % c]) * rstd[i % c]);
    const dgamma = new Float64Array(c), dbeta = new Float64Array(c);
    g.forEach((v, i) => {
      dbeta[i % c] += v;
      dgamma[i % c] += v * xhat[i];
    });
    const dx = g.map((v, i) =>
      gamma.data[i % c] * rstd[i % c] * (v - dbeta[i % c] / rows - xhat[i] * dgamma[i % c] / rows)
    );
    return [{ shape: x.shape, data: dx }, { shape: [c], data: dgamma }, { shape: [c], data: dbeta }];
  },
  flops: () => 0,
  cases: batchNormCases().map((c) => {
    const channels = f32(lastDim(c.x));
    return {
      ...c,
      inputs: [f32(...c.x), channels, channels, channels, channels, channels, f32(...c.x)],
      positive: true,
    };
  }),
};

/** What batch normalisation returns besides the result: the statistics of this batch. */
export interface BatchNormResult {
  readonly y: Tensor;
  /** [C]. */
  readonly mean: Tensor;
  /** [C], divided by the number of rows. */
  readonly variance: Tensor;
}

/**
 * Normalises per channel with the batch's own statistics: gamma (x - mean) / sqrt(variance + eps) + beta, the
 * variance divided by the number of rows; cut off below 0 if `relu` (default false); eps defaults to 1e-5. Source:
 * Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithm 1. Gradients reach x, gamma and beta through `y`
 * only.
 *
 * @param x [..., C].
 * @param gamma [C], as is beta.
 * @throws {RangeError} If the batch is empty, or gamma or beta has another number of channels.
 */
export function batchNorm(
  x: Value,
  gamma: Value,
  { beta, eps = 1e-5, relu = false }: { beta: Value; eps?: number; relu?: boolean },
): BatchNormResult {
  const [y, mean, variance] = record(batchNormOp, [x, gamma, beta], { eps, relu });
  return { y, mean, variance };
}

/** Parts a sum over rows is split into at least. */
const ENOUGH = 1024;

interface SumsPlan {
  readonly x: Operand;
  readonly relu: boolean;
  readonly grad?: { readonly dy: Operand; readonly scale: Operand; readonly offset: Operand };
  scratch(spec: Spec): Operand;
}

function sumsKernel(
  { x, relu, grad, scratch }: SumsPlan,
): { kernel: Kernel; part: Operand; consts: Record<string, number> } {
  const shape: Shape = x.spec.shape;
  const ROWS = rowCount(shape), C4 = rowVec4s(shape);
  const PART = Math.max(8, Math.ceil(ROWS * C4 / ENOUGH));
  const SPLITS = Math.ceil(ROWS / PART);
  const part = scratch(f32(SPLITS, 2, 4 * C4));
  const consts = { ROWS, C4, PART, SPLITS };
  const reads = grad === undefined ? [x] : [x, grad.dy, grad.scale, grad.offset];
  return {
    part,
    consts,
    kernel: {
      label: "channel_sums",
      source: fillTemplate(sumsSource, {
        consts: { ...consts, GRAD: grad === undefined ? 0 : 1, RELU: relu ? 1 : 0 },
      }),
      bindings: [
        ...reads.map((operand) => ({ operand, kind: "read" as const })),
        { operand: part, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(SPLITS * C4 / 64)),
    },
  };
}

function batchNormCases() {
  return [
    { name: "two rows", x: [2, 1], attrs: { eps: 1e-5, relu: false } },
    { name: "below a part", x: [7, 4], attrs: { eps: 1e-5, relu: false } },
    { name: "above a part, odd channels", x: [3, 3, 1, 7], attrs: { eps: 1e-5, relu: true } },
    { name: "images", x: [3, 5, 4, 10], attrs: { eps: 1e-3, relu: true } },
    { name: "many rows", x: [8193, 6], attrs: { eps: 1e-5, relu: false }, large: true },
  ];
}
