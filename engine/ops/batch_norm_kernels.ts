/** Kernels of batch normalisation and its gradient. */

import type { Binding, Kernel, Operand, Target } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, rowCount, rowVec4s, type Shape, type Spec } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import { planRowSums, type RowSums } from "./row_sums.ts";
import reluSource from "../wgsl/relu.wgsl" with { type: "text" };
import applySource from "./batch_norm_apply.wgsl" with { type: "text" };
import gradInputSource from "./batch_norm_grad_input.wgsl" with { type: "text" };
import gradStatsSource from "./batch_norm_grad_stats.wgsl" with { type: "text" };
import statsSource from "./batch_norm_stats.wgsl" with { type: "text" };
import sumsSource from "./batch_norm_sums.wgsl" with { type: "text" };
import pairSumSource from "./workgroup_pair_sum.wgsl" with { type: "text" };

/** Shared inputs of the forward and backward kernels. */
interface Shared {
  readonly x: Operand;
  readonly gamma: Operand;
  /** [4, C]: mean, variance, scale and offset. */
  readonly stats: Operand;
  readonly eps: number;
  readonly relu: boolean;
  readonly target: Target;
  scratch(spec: Spec): Operand;
}

/** Inputs of {@linkcode statsKernels}. */
export interface StatsPlan extends Omit<Shared, "relu"> {
  readonly beta: Operand;
  /** Running mean, variance and number of batches; empty if not updated. */
  readonly running: readonly Operand[];
  /** Weight of the batch in the running statistics. */
  readonly momentum: number;
}

/** The kernels that compute `stats` and update the running statistics. */
export function statsKernels(plan: StatsPlan): Kernel[] {
  const { x, gamma, beta, stats, running, eps, momentum } = plan;
  const { consts, kernels, part } = partialSums({ ...plan, relu: false });
  const rows = rowCount(x.spec.shape);
  return [...kernels, {
    label: "batch_norm_stats",
    source: fillTemplate(statsSource, {
      include: [pairSumSource],
      consts: { ...consts, RUNNING: running.length === 0 ? 0 : 1 },
      text: {
        EPS: wgslFloat(eps),
        MOMENTUM: wgslFloat(momentum),
        UNBIASED: wgslFloat(rows / Math.max(1, rows - 1)),
      },
    }),
    bindings: [...reads(x, gamma, beta), ...writes(stats), ...reads(...part), ...writes(...running)],
    workgroups: [consts.C4, 1, 1],
  }];
}

/** y = x * scale + offset. */
export function applyKernel(
  { x, stats, y, relu }: Pick<Shared, "x" | "stats" | "relu"> & { readonly y: Operand },
): Kernel {
  const { consts, workgroups } = channelGrid(x.spec.shape);
  return {
    label: "batch_norm_apply",
    source: fillTemplate(applySource, {
      include: relu ? [reluSource] : [],
      consts: { ...consts, RELU: relu ? 1 : 0 },
    }),
    bindings: [...reads(x, stats), ...writes(y)],
    workgroups,
  };
}

/** Inputs of {@linkcode gradKernels}. */
export interface GradPlan extends Shared {
  readonly dy: Operand;
  readonly dx: Operand;
  readonly dgamma: Operand;
  readonly dbeta: Operand;
}

/** The kernels of the gradients of x, gamma and beta. */
export function gradKernels(plan: GradPlan): Kernel[] {
  const { x, gamma, stats, dy, dx, dgamma, dbeta, eps, relu, scratch } = plan;
  const { consts, kernels, part } = partialSums(plan);
  const k = scratch(f32(3, 4 * consts.C4)), RELU = relu ? 1 : 0;
  const grid = channelGrid(x.spec.shape);
  return [...kernels, {
    label: "batch_norm_grad_stats",
    source: fillTemplate(gradStatsSource, {
      include: [pairSumSource],
      consts: { ...consts, RELU },
      text: { EPS: wgslFloat(eps) },
    }),
    bindings: [
      ...reads(x, gamma, stats),
      ...writes(dgamma, dbeta, k),
      ...reads(...(part.length === 0 ? [dy] : part)),
    ],
    workgroups: [consts.C4, 1, 1],
  }, {
    label: "batch_norm_grad_input",
    source: fillTemplate(gradInputSource, { consts: { ...grid.consts, RELU } }),
    bindings: [...reads(x, dy, stats, k), ...writes(dx)],
    workgroups: grid.workgroups,
  }];
}

/** The kernel of partial sums and its output; neither where one stage is enough. */
function partialSums(
  { x, stats, dy, relu, target, scratch }: Pick<Shared, "x" | "stats" | "relu" | "target" | "scratch"> & {
    readonly dy?: Operand;
  },
): { kernels: Kernel[]; part: Operand[]; consts: Omit<RowSums, "PART"> } {
  const { PART, ...consts } = planRowSums(x.spec.shape, target), { C4, SPLITS } = consts;
  if (SPLITS === 0) return { kernels: [], part: [], consts };
  const part = scratch(f32(SPLITS, 2, 4 * C4));
  return {
    consts,
    part: [part],
    kernels: [{
      label: "batch_norm_sums",
      source: fillTemplate(sumsSource, {
        consts: { ...consts, PART, GRAD: dy === undefined ? 0 : 1, RELU: relu ? 1 : 0 },
      }),
      bindings: [...reads(x, ...(dy === undefined ? [] : [dy, stats])), ...writes(part)],
      workgroups: splitGrid(Math.ceil(SPLITS * C4 / 64)),
    }],
  };
}

function reads(...operands: Operand[]): Binding[] {
  return operands.map((operand) => ({ operand, kind: "read" }));
}

function writes(...operands: Operand[]): Binding[] {
  return operands.map((operand) => ({ operand, kind: "read_write" }));
}

/** Rows per invocation in kernels that first load values per channel. */
const ROWS_PER_LANE = 8;

/** Sizes and grid of a kernel in which an invocation owns one vec4 of channels and a few rows. */
function channelGrid(
  shape: Shape,
): { consts: Record<string, number>; workgroups: [number, number, number] } {
  const ROWS = rowCount(shape), C4 = rowVec4s(shape), PER = ROWS_PER_LANE;
  const BLOCKS = Math.ceil(ROWS / PER);
  return { consts: { ROWS, C4, PER, BLOCKS }, workgroups: splitGrid(Math.ceil(BLOCKS * C4 / 64)) };
}
