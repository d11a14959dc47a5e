/** Batch normalisation over all dimensions but the innermost, with its relu, in training mode. */

import { record } from "../graph/graph.ts";
import type { NdArray, OpDef } from "../graph/op.ts";
import { f32, formatShape, lastDim, rowCount, type Shape, type Spec, u32 } from "../arrays/shape.ts";
import type { Tensor, Value, Variable } from "../graph/tensor.ts";
import { applyKernel, gradKernels, statsKernels } from "./batch_norm_kernels.ts";

interface BatchNormAttrs {
  readonly [key: string]: unknown;
  readonly eps: number;
  /** Whether relu follows. */
  readonly relu: boolean;
  /** Weight of the batch in the running statistics, if any. */
  readonly momentum: number;
}

/**
 * y = gamma * (x - mean) / sqrt(variance + eps) + beta with the batch's own mean and biased variance. Inputs: x [...,
 * C], gamma [C], beta [C] and, if they are updated, running mean [C], running (unbiased) variance [C] and number of
 * batches []. Outputs: y, and stats [4, C] for the gradient: mean, variance, and the affine form y = x * scale +
 * offset. Source: Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithm 1.
 */
export const batchNormOp: OpDef<BatchNormAttrs> = {
  name: "batch_norm",
  shape: (inputs) => {
    checkShapes(inputs);
    const [{ shape }] = inputs;
    return [f32(...shape), f32(4, lastDim(shape))];
  },
  mutates: (inputs) => inputs === 3 ? [] : [3, 4, 5],
  constantInputs: [3, 4],
  lower: ({ inputs: [x, gamma, beta, ...running], outputs: [y, stats], attrs, target, scratch }) => [
    ...statsKernels({ x, gamma, beta, stats, running, ...attrs, target, scratch }),
    applyKernel({ x, stats, y, relu: attrs.relu }),
  ],
  backward: ({ inputs: [x, gamma], outputs: [, stats], grads: [g, other], attrs }) => {
    if (g === null || other !== null) {
      throw new TypeError(
        "Cannot differentiate: the statistics of batch_norm have no gradient, only its result has",
      );
    }
    return [...record(batchNormGradOp, [x, gamma, stats, g], attrs)];
  },
  reference: ([x, gamma, beta, ...running], { eps, relu, momentum }) => {
    const c = gamma.data.length, rows = x.data.length / c;
    const mean = new Float64Array(c), variance = new Float64Array(c);
    x.data.forEach((v, i) => mean[i % c] += v / rows);
    x.data.forEach((v, i) => variance[i % c] += (v - mean[i % c]) ** 2 / rows);
    const scale = gamma.data.map((g, k) => g / Math.sqrt(variance[k] + eps));
    const offset = beta.data.map((b, k) => b - mean[k] * scale[k]);
    const y = x.data.map((v, i) => v * scale[i % c] + offset[i % c]).map((v) => relu ? Math.max(v, 0) : v);
    if (running.length > 0) {
      const [runningMean, runningVariance, batches] = running.map(({ data }) => data);
      for (let k = 0; k < c; k++) {
        runningMean[k] += momentum * (mean[k] - runningMean[k]);
        runningVariance[k] += momentum * (variance[k] * rows / (rows - 1) - runningVariance[k]);
      }
      batches[0] += 1;
    }
    const stats = Float64Array.from([mean, variance, scale, offset].flatMap((row) => [...row]));
    return [{ shape: x.shape, data: y }, { shape: [4, c], data: stats }];
  },
  flops: () => 0,
  cases: batchNormCases().map(({ x, running, ...c }) => {
    const channels = f32(lastDim(x));
    const more = running ? [channels, channels, u32()] : [];
    return { ...c, inputs: [f32(...x), channels, channels, ...more] };
  }),
};

/** dx, dgamma, dbeta. Inputs: x, gamma, stats [4, C], dy. */
export const batchNormGradOp: OpDef<BatchNormAttrs> = {
  name: "batch_norm_grad",
  shape: ([x, gamma]) => [f32(...x.shape), f32(...gamma.shape), f32(...gamma.shape)],
  lower: ({ inputs: [x, gamma, stats, dy], outputs: [dx, dgamma, dbeta], attrs, target, scratch }) =>
    gradKernels({ x, gamma, stats, dy, dx, dgamma, dbeta, ...attrs, target, scratch }),
  backward: null,
  reference: ([x, gamma, stats, dy], { eps, relu }) => {
    const c = gamma.data.length, rows = x.data.length / c;
    const [mean, variance, scale, offset] = [0, 1, 2, 3].map((row) =>
      stats.data.subarray(row * c, (row + 1) * c)
    );
    const g = dy.data.map((v, i) => relu && x.data[i] * scale[i % c] + offset[i % c] <= 0 ? 0 : v);
    const rstd = variance.map((v) => 1 / Math.sqrt(v + eps));
    const xhat = x.data.map((v, i) => (v - mean[i % c]) * rstd[i % c]);
    const dgamma = new Float64Array(c), dbeta = new Float64Array(c);
    g.forEach((v, i) => {
      dbeta[i % c] += v;
      dgamma[i % c] += v * xhat[i];
    });
    const dx = g.map((v, i) =>
      gamma.data[i % c] * rstd[i % c] * (v - dbeta[i % c] / rows - xhat[i] * dgamma[i % c] / rows)
    );
    const vector = (data: Float64Array): NdArray => ({ shape: [c], data });
    return [{ shape: x.shape, data: dx }, vector(dgamma), vector(dbeta)];
  },
  flops: () => 0,
  cases: batchNormCases().map(({ x, running: _, ...c }) => {
    const channels = f32(lastDim(x));
    return { ...c, inputs: [f32(...x), channels, f32(4, lastDim(x)), f32(...x)], positive: true };
  }),
};

/** Variables of the running statistics. */
export interface RunningStats {
  /** [C]. */
  readonly mean: Variable;
  /** [C], unbiased. */
  readonly variance: Variable;
  /** [] of u32: batches seen. */
  readonly batches: Variable;
}

/** Settings of {@linkcode batchNorm}. */
export interface BatchNormCallOptions {
  /** [C]. */
  readonly beta: Value;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether relu follows. Default false. */
  readonly relu?: boolean;
  /** Updated with the statistics of this batch, if given. */
  readonly running?: RunningStats;
  /** Weight of this batch in them. Default 0.1. */
  readonly momentum?: number;
}

/**
 * Normalises per channel with the batch's own statistics: gamma (x - mean) / sqrt(variance + eps) + beta, the variance
 * divided by the number of rows; followed by relu if asked for. Source: Ioffe & Szegedy 2015,
 * https://arxiv.org/abs/1502.03167, algorithm 1.
 *
 * Running statistics move as in PyTorch: running = (1 - momentum) * running + momentum * batch, with the unbiased
 * variance, n / (n - 1) times the biased.
 *
 * @param x [..., C].
 * @param gamma [C].
 * @throws {RangeError} If the batch is empty, gamma, beta or the running statistics have another number of channels, or
 * these are given and a channel has only one value.
 */
export function batchNorm(
  x: Value,
  gamma: Value,
  { beta, eps = 1e-5, relu = false, running, momentum = 0.1 }: BatchNormCallOptions,
): Tensor {
  const moved = running === undefined ? [] : [running.mean, running.variance, running.batches];
  return record(batchNormOp, [x, gamma, beta, ...moved], { eps, relu, momentum })[0];
}

function checkShapes([x, ...others]: readonly Spec[]): void {
  const c = lastDim(x.shape), rows = rowCount(x.shape);
  for (const { shape } of others.slice(0, 4)) {
    if (shape.length === 1 && shape[0] === c) continue;
    throw new RangeError(
      `Cannot normalise: expected [${c}] for x ${formatShape(x.shape)}, got ${formatShape(shape)}`,
    );
  }
  if (rows === 0) throw new RangeError(`Cannot normalise: the batch is empty, x is ${formatShape(x.shape)}`);
  if (others.length > 2 && rows < 2) {
    throw new RangeError(
      `Cannot update running statistics: a variance needs two values per channel, got ${rows}`,
    );
  }
}

function batchNormCases() {
  const make = (
    name: string,
    x: Shape,
    { running = false, relu = false, eps = 1e-5, large = false } = {},
  ) => ({
    name,
    x,
    running,
    attrs: { eps, relu, momentum: 0.1 },
    large,
  });
  return [
    make("two rows", [2, 1]),
    make("below a workgroup of rows", [7, 4], { running: true }),
    make("above it, odd channels", [3, 3, 9, 7], { relu: true }),
    make("images", [3, 5, 4, 10], { running: true, relu: true, eps: 1e-3 }),
    make("many channels", [9, 261], { running: true }),
    make("many rows", [8193, 6], { running: true, large: true }),
    make("two stages on any device", [8191, 67], { running: true, relu: true, large: true }),
  ];
}
