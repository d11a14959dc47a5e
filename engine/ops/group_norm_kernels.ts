/** Kernels that group normalisation and its gradient share. */

import type { Kernel, Operand } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, lastDim, rowVec4s, type Shape, sizeOf, type Spec } from "../shape.ts";
import { fillTemplate } from "../wgsl_template.ts";
import type { GroupNormAttrs } from "./group_norm_reference.ts";
import applySource from "./group_norm_apply.wgsl" with { type: "text" };
import sumsSource from "./group_norm_sums.wgsl" with { type: "text" };

/** Rows of a part of the sums; parts depend on the example's size alone, so the result does not on the batch. */
const PART = 64;
/** Rows one invocation computes in the last stage. */
const PER = 8;

function sizes(shape: Shape, groups: number) {
  const C = lastDim(shape), C4 = rowVec4s(shape), HW = sizeOf(shape.slice(1, -1));
  const G = groups, CG = C / groups;
  return { B: shape[0], HW, C4, G, CG, ROW: 4 * C4, GROUP_ROW: 4 * Math.ceil(G / 4) };
}

/** What a sum per example and channel is made of; with `grad`, of the gradient. */
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

/** What the last stage is made of; with `grad`, of the gradient of x. */
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

/** Bindings that are read. */
export function reads(...operands: Operand[]) {
  return operands.map((operand) => ({ operand, kind: "read" as const }));
}

/** Bindings that are written. */
export function writes(...operands: Operand[]) {
  return operands.map((operand) => ({ operand, kind: "read_write" as const }));
}
