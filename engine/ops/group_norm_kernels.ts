/** Kernels that group normalisation and its gradient share. */

import type { Kernel, Operand, Target } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, lastDim, rowVec4s, type Shape, sizeOf, type Spec } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import type { GroupNormAttrs } from "./group_norm_reference.ts";
import { wgslFloat } from "./elementwise.ts";
import affineSource from "./group_norm_grad_affine.wgsl" with { type: "text" };
import applySource from "./group_norm_apply.wgsl" with { type: "text" };
import gradWholeSource from "./group_norm_grad_whole.wgsl" with { type: "text" };
import sumsSource from "./group_norm_sums.wgsl" with { type: "text" };
import wholeSource from "./group_norm_whole.wgsl" with { type: "text" };
import pairSumSource from "./workgroup_pair_sum.wgsl" with { type: "text" };

/** Rows of a part of the sums; parts depend on the example's size alone, so the result does not depend on the batch. */
const PART = 64;
/** Rows per invocation in the last stage. */
const PER = 8;

function sizes(shape: Shape, groups: number) {
  const C = lastDim(shape), C4 = rowVec4s(shape), HW = sizeOf(shape.slice(1, -1));
  const G = groups, CG = C / groups;
  return { B: shape[0], HW, C4, G, CG, ROW: 4 * C4, GROUP_ROW: 4 * Math.ceil(G / 4) };
}

/** Operands of the sums per example and channel; with `grad`, of the gradient. */
export interface SumsPlan {
  readonly x: Operand;
  readonly grad?: { readonly dy: Operand; readonly scale: Operand; readonly offset: Operand };
  readonly attrs: GroupNormAttrs;
  scratch(spec: Spec): Operand;
}

/** Partial sums, the scratch memory they lie in, and the sizes that the kernels after it share. */
export function sumsKernel({ x, grad, attrs, scratch }: SumsPlan) {
  const size = sizes(x.spec.shape, attrs.groups);
  const consts = { ...size, PART, SPLITS: Math.ceil(size.HW / PART) };
  const part = scratch(f32(size.B, consts.SPLITS, 2, size.ROW));
  const flags = { GRAD: grad === undefined ? 0 : 1, SILU: attrs.silu ? 1 : 0 };
  const kernel: Kernel = {
    label: "group_norm_sums",
    source: fillTemplate(sumsSource, { consts: { ...consts, ...flags } }),
    bindings: [
      ...(grad === undefined ? reads(x) : reads(x, grad.dy, grad.scale, grad.offset)),
      ...writes(part),
    ],
    workgroups: splitGrid(Math.ceil(size.B * consts.SPLITS * size.C4 / 64)),
  };
  return { kernel, part, consts };
}

/** Operands of the last stage; with `grad`, of the gradient of x. */
export interface ApplyPlan {
  readonly x: Operand;
  readonly scale: Operand;
  readonly offset: Operand;
  readonly grad?: { readonly dy: Operand; readonly k: Operand };
  readonly y: Operand;
  readonly attrs: GroupNormAttrs;
}

/** The last stage: one element at a time. */
export function applyKernel({ x, scale, offset, grad, y, attrs }: ApplyPlan): Kernel {
  const { B, HW, C4 } = sizes(x.spec.shape, attrs.groups);
  const BLOCKS = Math.ceil(HW / PER);
  const flags = { GRAD: grad === undefined ? 0 : 1, SILU: attrs.silu ? 1 : 0 };
  return {
    label: grad === undefined ? "group_norm_apply" : "group_norm_grad_input",
    source: fillTemplate(applySource, { consts: { B, HW, C4, BLOCKS, PER, ...flags } }),
    bindings: [
      ...(grad === undefined ? reads(x, scale, offset) : reads(x, scale, offset, grad.dy, grad.k)),
      ...writes(y),
    ],
    workgroups: splitGrid(Math.ceil(B * BLOCKS * C4 / 64)),
  };
}

/**
 * Whether one workgroup normalises a whole example: one dispatch instead of three. Larger examples gain from more
 * invocations, and software devices from kernels without barriers, which cost them more than dispatches.
 */
export function fitsWorkgroup(shape: Shape, { software }: Target): boolean {
  const C4 = rowVec4s(shape), HW = sizeOf(shape.slice(1, -1));
  return !software && C4 <= 64 && HW * C4 <= 2 ** 12;
}

/** Operands of the kernel of whole examples. */
export interface WholePlan {
  readonly x: Operand;
  readonly gamma: Operand;
  readonly beta: Operand;
  readonly y: Operand;
  /** Mean, 1 / standard deviation, scale and offset. */
  readonly state: readonly Operand[];
  readonly attrs: GroupNormAttrs;
}

/** Group normalisation in one kernel, one workgroup per example. */
export function wholeKernel({ x, gamma, beta, y, state, attrs }: WholePlan): Kernel {
  const consts = sizes(x.spec.shape, attrs.groups);
  return {
    label: "group_norm",
    source: fillTemplate(wholeSource, {
      consts: { ...consts, SILU: attrs.silu ? 1 : 0 },
      text: { EPS: wgslFloat(attrs.eps) },
    }),
    bindings: [...reads(x, gamma, beta), ...writes(y, ...state)],
    workgroups: splitGrid(consts.B),
    leading: true,
  };
}

/** Operands of the gradient kernel of whole examples. */
export interface WholeGradPlan {
  readonly x: Operand;
  readonly dy: Operand;
  /** Mean, 1 / standard deviation, scale and offset. */
  readonly state: readonly Operand[];
  readonly dx: Operand;
  /** [B, 2, C]: each example's share of the gradients of gamma and beta. */
  readonly k: Operand;
  readonly attrs: GroupNormAttrs;
}

/** The gradient of x, and each example's share of those of gamma and beta. */
export function wholeGradKernel({ x, dy, state, dx, k, attrs }: WholeGradPlan): Kernel {
  const consts = sizes(x.spec.shape, attrs.groups), [mean, rstd, scale, offset] = state;
  return {
    label: "group_norm_grad",
    source: fillTemplate(gradWholeSource, { consts: { ...consts, SILU: attrs.silu ? 1 : 0 } }),
    bindings: [...reads(x, dy, scale, offset), ...writes(dx), ...reads(mean, rstd), ...writes(k)],
    workgroups: splitGrid(consts.B),
    leading: true,
  };
}

/** Sums of the examples' shares of the gradients of gamma and beta, the first two rows of k [B, kinds, C]. */
export function gradAffineKernel(
  { k, dgamma, dbeta }: { readonly k: Operand; readonly dgamma: Operand; readonly dbeta: Operand },
): Kernel {
  const [B, KINDS] = k.spec.shape, C4 = rowVec4s(k.spec.shape);
  return {
    label: "group_norm_grad_affine",
    source: fillTemplate(affineSource, { include: [pairSumSource], consts: { B, KINDS, C4 } }),
    bindings: [...reads(k), ...writes(dgamma, dbeta)],
    workgroups: [C4, 1, 1],
  };
}

/** Bindings that are read. */
export function reads(...operands: Operand[]) {
  return operands.map((operand) => ({ operand, kind: "read" as const }));
}

/** Bindings that are written. */
export function writes(...operands: Operand[]) {
  return operands.map((operand) => ({ operand, kind: "read_write" as const }));
}
