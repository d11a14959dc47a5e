/** Group normalisation and its gradient in float64. */

import type { NdArray } from "../graph/op.ts";
import { lastDim } from "../arrays/shape.ts";

/** Settings of the operation. */
export interface GroupNormAttrs {
  readonly [key: string]: unknown;
  readonly groups: number;
  readonly eps: number;
  /** Whether z * sigmoid(z) of the result z follows. */
  readonly silu: boolean;
}

/** Indices into [B, groups] and [B, C] for each element of x. */
function indices({ shape, data }: NdArray, groups: number) {
  const c = lastDim(shape), per = c / groups, size = data.length / (shape[0] || 1);
  return {
    group: (i: number) => Math.floor(i / size) * groups + Math.floor(i % c / per),
    channel: (i: number) => Math.floor(i / size) * c + i % c,
    count: size / groups,
  };
}

/** y, mean [B, G], rstd [B, G], scale [B, C], offset [B, C] of x, gamma [C], beta [C]. */
export function groupNormReference(
  [x, gamma, beta]: readonly NdArray[],
  { groups, eps, silu }: GroupNormAttrs,
): NdArray[] {
  const [b] = x.shape, c = gamma.data.length, { group, channel, count } = indices(x, groups);
  const mean = new Float64Array(b * groups), variance = new Float64Array(b * groups);
  x.data.forEach((v, i) => mean[group(i)] += v / count);
  x.data.forEach((v, i) => variance[group(i)] += (v - mean[group(i)]) ** 2 / count);
  const rstd = variance.map((v) => 1 / Math.sqrt(v + eps));
  const groupOf = (n: number) => Math.floor(n / c) * groups + Math.floor(n % c / (c / groups));
  const scale = new Float64Array(b * c).map((_, n) => gamma.data[n % c] * rstd[groupOf(n)]);
  const offset = scale.map((s, n) => beta.data[n % c] - mean[groupOf(n)] * s);
  const y = x.data.map((v, i) => v * scale[channel(i)] + offset[channel(i)]);
  return [
    { shape: x.shape, data: silu ? y.map((z) => z / (1 + Math.exp(-z))) : y },
    { shape: [b, groups], data: mean },
    { shape: [b, groups], data: rstd },
    { shape: [b, c], data: scale },
    { shape: [b, c], data: offset },
  ];
}

/** dx, dgamma, dbeta of x, mean, rstd, scale, offset, dy. */
export function groupNormGradReference(
  [x, mean, rstd, scale, offset, dy]: readonly NdArray[],
  { groups, silu }: GroupNormAttrs,
): NdArray[] {
  const [b] = x.shape, c = lastDim(x.shape), { group, channel, count } = indices(x, groups);
  const g = dy.data.map((v, i) => {
    if (!silu) return v;
    const z = x.data[i] * scale.data[channel(i)] + offset.data[channel(i)], s = 1 / (1 + Math.exp(-z));
    return v * s * (1 + z * (1 - s));
  });
  const xhat = x.data.map((v, i) => (v - mean.data[group(i)]) * rstd.data[group(i)]);
  const dgamma = new Float64Array(c), dbeta = new Float64Array(c);
  const sum = new Float64Array(b * groups), slope = new Float64Array(b * groups);
  g.forEach((v, i) => {
    dbeta[i % c] += v;
    dgamma[i % c] += v * xhat[i];
    sum[group(i)] += scale.data[channel(i)] * v / count;
    slope[group(i)] += scale.data[channel(i)] * v * xhat[i] / count;
  });
  // The forward's own scale is gamma * rstd.
  const dx = g.map((v, i) => scale.data[channel(i)] * v - sum[group(i)] - xhat[i] * slope[group(i)]);
  return [{ shape: x.shape, data: dx }, { shape: [c], data: dgamma }, { shape: [c], data: dbeta }];
}
