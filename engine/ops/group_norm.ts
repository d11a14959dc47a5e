/** Group normalisation: statistics of each example and group of channels; with the SiLU that may follow it. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, lastDim, sizeOf, type Spec } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import {
  applyKernel,
  fitsWorkgroup,
  gradAffineKernel,
  reads,
  sumsKernel,
  wholeGradKernel,
  wholeKernel,
  writes,
} from "./group_norm_kernels.ts";
import { type GroupNormAttrs, groupNormGradReference, groupNormReference } from "./group_norm_reference.ts";
import finishSource from "./group_norm_finish.wgsl" with { type: "text" };
import gradFinishSource from "./group_norm_grad_finish.wgsl" with { type: "text" };

/**
 * y = gamma * (x - mean) / sqrt(variance + eps) + beta, mean and biased variance over all positions and the channels
 * of a group, for each example alone. Inputs: x [B, ..., C], gamma [C], beta [C]. Outputs: y, mean [B, G],
 * 1 / sqrt(variance + eps) [B, G], and the affine form scale [B, C], offset [B, C], which the gradient uses.
 * Source: Wu & He 2018, https://arxiv.org/abs/1803.08494, equations 1 to 3 and 7.
 */
export const groupNormOp: OpDef<GroupNormAttrs> = {
  name: "group_norm",
  shape: ([x, gamma, beta], { groups }) => {
    checkShapes([x, gamma, beta], groups);
    const [b] = x.shape, c = lastDim(x.shape);
    return [f32(...x.shape), f32(b, groups), f32(b, groups), f32(b, c), f32(b, c)];
  },
  lower: ({ inputs: [x, gamma, beta], outputs: [y, ...state], attrs, target, scratch }) => {
    if (fitsWorkgroup(x.spec.shape, target)) return [wholeKernel({ x, gamma, beta, y, state, attrs })];
    const [, , scale, offset] = state;
    const sums = sumsKernel({ x, attrs, scratch });
    return [
      sums.kernel,
      {
        label: "group_norm_finish",
        source: fillTemplate(finishSource, { consts: sums.consts, text: { EPS: wgslFloat(attrs.eps) } }),
        bindings: [...reads(x, sums.part, gamma, beta), ...writes(...state)],
        workgroups: splitGrid(Math.ceil(sums.consts.B * sums.consts.G / 64)),
      },
      applyKernel({ x, scale, offset, y, attrs }),
    ];
  },
  backward: ({ inputs: [x], outputs: [, ...state], grads: [g, ...others], attrs }) => {
    if (g === null || others.some((other) => other !== null)) {
      throw new TypeError(
        "Cannot differentiate: the statistics of group_norm have no gradient, only its result has",
      );
    }
    return [...record(groupNormGradOp, [x, ...state, g], attrs)];
  },
  reference: groupNormReference,
  flops: () => 0,
  cases: groupNormCases().map(({ x, ...c }) => ({
    ...c,
    inputs: [f32(...x), f32(lastDim(x)), f32(lastDim(x))],
  })),
};

/** dx, dgamma, dbeta. Inputs: x, mean, rstd, scale, offset, dy. */
export const groupNormGradOp: OpDef<GroupNormAttrs> = {
  name: "group_norm_grad",
  shape: ([{ shape }]) => [f32(...shape), f32(lastDim(shape)), f32(lastDim(shape))],
  lower: ({ inputs, outputs: [dx, dgamma, dbeta], attrs, target, scratch }) => {
    const [x, mean, rstd, scale, offset, dy] = inputs, [b] = x.spec.shape;
    if (fitsWorkgroup(x.spec.shape, target)) {
      const k = scratch(f32(b, 2, lastDim(x.spec.shape))), state = [mean, rstd, scale, offset];
      return [wholeGradKernel({ x, dy, state, dx, k, attrs }), gradAffineKernel({ k, dgamma, dbeta })];
    }
    const { kernel, part, consts } = sumsKernel({ x, grad: { dy, scale, offset }, attrs, scratch });
    const k = scratch(f32(b, 4, lastDim(x.spec.shape)));
    return [
      kernel,
      {
        label: "group_norm_grad_finish",
        source: fillTemplate(gradFinishSource, { consts }),
        bindings: [...reads(x, part, scale, mean, rstd), ...writes(k)],
        workgroups: splitGrid(Math.ceil(consts.B * consts.G / 64)),
      },
      gradAffineKernel({ k, dgamma, dbeta }),
      applyKernel({ x, scale, offset, grad: { dy, k }, y: dx, attrs }),
    ];
  },
  backward: null,
  reference: groupNormGradReference,
  flops: () => 0,
  cases: groupNormCases().map(({ x, ...c }) => {
    const groups = f32(x[0], c.attrs.groups), rows = f32(x[0], lastDim(x));
    return { ...c, inputs: [f32(...x), groups, groups, rows, rows, f32(...x)] };
  }),
};

/** Settings of {@linkcode groupNorm}. */
export interface GroupNormOptions {
  /** [C]. */
  readonly beta: Value;
  /** Number of groups of neighbouring channels; divides C. */
  readonly groups: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether SiLU, z * sigmoid(z), follows. Default false. */
  readonly silu?: boolean;
}

/**
 * gamma (x - mean) / sqrt(variance + eps) + beta with mean and biased variance over all positions and the channels of
 * each group, for each example alone; followed by SiLU if asked for. Source: Wu & He 2018,
 * https://arxiv.org/abs/1803.08494.
 *
 * @param x [B, ..., C], at least two dimensions.
 * @param gamma [C].
 * @throws {RangeError} If the groups do not divide the channels, gamma or beta has another number of channels, or an
 * example is empty.
 */
export function groupNorm(
  x: Value,
  gamma: Value,
  { beta, groups, eps = 1e-5, silu = false }: GroupNormOptions,
): Tensor {
  return record(groupNormOp, [x, gamma, beta], { groups, eps, silu })[0];
}

function checkShapes([x, ...affine]: readonly Spec[], groups: number): void {
  const c = lastDim(x.shape), given = `x is ${formatShape(x.shape)}`;
  if (x.shape.length < 2) throw new RangeError(`Cannot normalise groups: expected [B, ..., C], ${given}`);
  if (!Number.isInteger(groups) || groups < 1 || c % groups !== 0) {
    throw new RangeError(`Cannot normalise groups: ${groups} groups do not divide the channels, ${given}`);
  }
  if (sizeOf(x.shape.slice(1)) === 0) {
    throw new RangeError(`Cannot normalise groups: examples are empty, ${given}`);
  }
  for (const { shape } of affine) {
    if (shape.length === 1 && shape[0] === c) continue;
    throw new RangeError(
      `Cannot normalise groups: expected gamma and beta [${c}], got ${formatShape(shape)}`,
    );
  }
}

function groupNormCases() {
  const attrs = (groups: number, silu = false) => ({ groups, eps: 1e-5, silu });
  return [
    { name: "two rows", x: [1, 2, 1], attrs: attrs(1) },
    { name: "a row of channels", x: [3, 8], attrs: attrs(2) },
    { name: "odd groups", x: [2, 3, 5, 9], attrs: attrs(3) },
    { name: "odd groups, silu", x: [3, 2, 2, 10], attrs: attrs(5, true) },
    { name: "one group, two parts, silu", x: [2, 9, 9, 6], attrs: attrs(1, true) },
    { name: "above a workgroup", x: [11, 3, 3, 28], attrs: attrs(7) },
    { name: "empty batch", x: [0, 2, 2, 8], attrs: attrs(4) },
    { name: "more channels than a workgroup takes", x: [2, 9, 9, 270], attrs: attrs(9, true), large: true },
    { name: "images", x: [3, 16, 16, 24], attrs: attrs(8, true), large: true },
  ];
}
