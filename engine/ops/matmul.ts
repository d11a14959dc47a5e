/**
 * Batched matrix products; either operand may be transposed, without a copy.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { Kernel, OpDef, Operand, Target } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, sameShape, type Shape, sizeOf, type Spec } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { matmulCases } from "./matmul_cases.ts";
import { matmulReference } from "./matmul_reference.ts";
import { type MatmulProblem, matmulSplits, matmulTiles, tileNamed } from "./matmul_tile.ts";
import { sumKernels } from "./reduce_sum.ts";
import source from "./matmul.wgsl" with { type: "text" };
import sharedSource from "./matmul_shared.wgsl" with { type: "text" };

/** Transposed operands and summed dimensions of a product. */
export interface MatmulAttrs {
  readonly [key: string]: unknown;
  /** `a` is [..., K, M]. */
  readonly transposeA: boolean;
  /** `b` is [..., N, K]. */
  readonly transposeB: boolean;
  /** Also sum over the leading dimensions: a^T b of [..., K, M] and [..., K, N] is [M, N]. */
  readonly sumBatch?: boolean;
}

/** Sizes of a product as the kernel sees it: BATCH times [M, K] by [K, N]. */
export interface MatmulSizes {
  readonly BATCH: number;
  readonly M: number;
  readonly K: number;
  readonly N: number;
  /** Whether all batches share one a, or one b. */
  readonly sharedA: boolean;
  readonly sharedB: boolean;
}

/** c = op(a) op(b). Inputs: a [..., M, K], b [..., K, N]; one without leading dimensions is shared. */
export const matmulOp: OpDef<MatmulAttrs> = {
  name: "matmul",
  shape: ([a, b], attrs) => [f32(...outputShape(a.shape, b.shape, attrs))],
  variants: ({ inputs: [a, b], attrs, target }) =>
    matmulVariants({ a, b, attrs, target, sizes: matmulSizes(a.shape, b.shape, attrs) }),
  lower: ({ inputs: [a, b], outputs: [c], attrs, target, variant, scratch }) =>
    matmulKernels({
      variant,
      a,
      b,
      c,
      attrs,
      target,
      scratch,
      sizes: matmulSizes(a.spec.shape, b.spec.shape, attrs),
    }),
  backward: ({ inputs: [a, b], grads: [g], attrs, needs }) => [
    needs(0) ? gradA({ a, b, g: g!, attrs }) : null,
    needs(1) ? gradB({ a, b, g: g!, attrs }) : null,
  ],
  reference: ([a, b], attrs) => [matmulReference(a, b, attrs)],
  flops: ([a, b], attrs) => {
    const { BATCH, M, K, N } = matmulSizes(a.shape, b.shape, attrs);
    return 2 * BATCH * M * K * N;
  },
  cases: matmulCases(),
};

/** Options of a matrix product. */
export interface MatmulOptions {
  /** Whether `a` is [..., K, M]; default false. */
  readonly transposeA?: boolean;
  /** Whether `b` is [..., N, K]; default false. */
  readonly transposeB?: boolean;
}

/**
 * Multiplies matrices: a [..., M, K] and b [..., K, N] give [..., M, N]. The leading dimensions are equal,
 * or one operand has none and serves every batch. Every sum runs in ascending order of k within parts of fixed size.
 *
 * @throws {RangeError} If the inner or the leading dimensions differ.
 */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  return record(matmulOp, [a, b], { transposeA, transposeB })[0];
}

/** a^T b summed over the leading dimensions: a [..., K, M], b [..., K, N] give [M, N], a weight's gradient. */
export function matmulSum(a: Value, b: Value): Tensor {
  return record(matmulOp, [a, b], { transposeA: true, transposeB: false, sumBatch: true })[0];
}

interface GradContext {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly g: Tensor;
  readonly attrs: MatmulAttrs;
}

/** Gradient of a; where `a` has no leading dimensions and `b` has, autograd sums over them. */
function gradA({ b, g, attrs: { transposeA, transposeB, sumBatch } }: GradContext): Tensor {
  if (sumBatch) return matmul(b, g, { transposeB: true });
  return transposeA
    ? matmul(b, g, { transposeA: transposeB, transposeB: true })
    : matmul(g, b, { transposeB: !transposeB });
}

/** Gradient of b; a weight shared by all rows is summed within one product. */
function gradB({ a, b, g, attrs: { transposeA, transposeB, sumBatch } }: GradContext): Tensor {
  if (sumBatch) return matmul(a, g);
  if (b.shape.length < a.shape.length && !transposeA) return transposeB ? matmulSum(g, a) : matmulSum(a, g);
  return transposeB
    ? matmul(g, a, { transposeA: true, transposeB: transposeA })
    : matmul(a, g, { transposeA: !transposeA });
}

interface Dims {
  readonly lead: Shape;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** @throws {RangeError} If the shapes do not fit together. */
function matmulDims(a: Shape, b: Shape, { transposeA, transposeB, sumBatch = false }: MatmulAttrs): Dims {
  const shapes = `a is ${formatShape(a)}${transposeA ? " transposed" : ""}, ` +
    `b is ${formatShape(b)}${transposeB ? " transposed" : ""}`;
  if (a.length < 2 || b.length < 2) {
    throw new RangeError(`Cannot multiply matrices: expected at least two dimensions each, ${shapes}`);
  }
  const [p, q] = a.slice(-2), [r, s] = b.slice(-2);
  const [m, k] = transposeA ? [q, p] : [p, q], [inner, n] = transposeB ? [s, r] : [r, s];
  if (k !== inner) throw new RangeError(`Cannot multiply matrices: inner dimensions differ, ${shapes}`);
  const leadA = a.slice(0, -2), leadB = b.slice(0, -2);
  const stretches = !sumBatch && (leadA.length === 0 || leadB.length === 0);
  if (!stretches && !sameShape(leadA, leadB)) {
    throw new RangeError(`Cannot multiply matrices: leading dimensions differ, ${shapes}`);
  }
  return { lead: leadA.length > leadB.length ? leadA : leadB, m, k, n };
}

function outputShape(a: Shape, b: Shape, attrs: MatmulAttrs): Shape {
  const { lead, m, n } = matmulDims(a, b, attrs);
  return attrs.sumBatch ? [m, n] : [...lead, m, n];
}

/**
 * The product as few large matrices: leading dimensions lie in memory as more rows of `a` (where `b` is shared)
 * or as more terms of the sum.
 *
 * @throws {RangeError} If the shapes do not fit together.
 */
export function matmulSizes(a: Shape, b: Shape, attrs: MatmulAttrs): MatmulSizes {
  const { lead, m, k, n } = matmulDims(a, b, attrs);
  const batch = sizeOf(lead);
  const sizes = { BATCH: 1, M: m, K: k, N: n, sharedA: false, sharedB: false };
  if (attrs.sumBatch) return { ...sizes, K: batch * k };
  if (b.length === 2 && !attrs.transposeA) return { ...sizes, M: batch * m };
  return { ...sizes, BATCH: batch, sharedA: a.length === 2, sharedB: b.length === 2 };
}

/** Work below which a product has one variant only. */
const MIN_TUNED_FLOPS = 1e6;

/** Names of the variants of a product, best guess first; empty for small ones. */
export function matmulVariants(
  { a, b, attrs, target, sizes }: Pick<MatmulPlan, "attrs" | "target" | "sizes"> & {
    readonly a: Spec;
    readonly b: Spec;
  },
): string[] {
  const { BATCH, M, K, N } = sizes;
  if (2 * BATCH * M * K * N < MIN_TUNED_FLOPS) return [];
  return matmulTiles(problemOf({ a: { spec: a }, b: { spec: b }, attrs, target, sizes }))
    .map(({ name }) => name);
}

/** Operands of a product. */
export interface MatmulPlan {
  readonly a: Operand;
  readonly b: Operand;
  /** Added to every row; [N]. */
  readonly bias?: Operand;
  readonly c: Operand;
  readonly attrs: MatmulAttrs;
  readonly sizes: MatmulSizes;
  readonly target: Target;
  /** Name of a tile; default the best guess. */
  readonly variant?: string;
  scratch(spec: Spec): Operand;
}

function problemOf(
  { a, attrs: { transposeA, transposeB, sumBatch }, sizes: { BATCH, M, K, N }, target }: Omit<
    MatmulPlan,
    "c" | "scratch"
  >,
): MatmulProblem {
  // A weight's gradient sums over examples; every other product is an example's own.
  const split = sumBatch === true || (transposeA && a.spec.shape.length === 2);
  return { batch: BATCH, m: M, n: N, k: K, transposeA, transposeB, split, software: target.software };
}

/** The kernels of a product, with a bias if given: one, or two where the sum is split into parts. */
export function matmulKernels(plan: MatmulPlan): Kernel[] {
  const { a, b, bias, c, attrs, sizes, variant, scratch } = plan;
  const { BATCH, M, K, N, sharedA, sharedB } = sizes;
  const { transposeA, transposeB } = attrs;
  const M4 = Math.ceil(M / 4), K4 = Math.ceil(K / 4), N4 = Math.ceil(N / 4);
  const problem = problemOf(plan);
  const tile = variant === undefined ? matmulTiles(problem)[0] : tileNamed(variant);
  const byOne = transposeA && !transposeB;
  const STEPS = byOne ? K : K4;
  const UNROLL = !byOne ? 1 : K % 4 === 0 ? 4 : K % 2 === 0 ? 2 : 1;
  const PART = UNROLL * Math.max(1, Math.ceil(STEPS / (UNROLL * matmulSplits(problem))));
  const SPLITS = Math.max(1, Math.ceil(STEPS / PART));
  const ROW_BLOCKS = Math.ceil(M / tile.rows), COL_BLOCKS = Math.ceil(N / tile.cols);
  const COUNT = BATCH * SPLITS * ROW_BLOCKS * COL_BLOCKS;
  const part = SPLITS === 1 ? c : scratch(f32(SPLITS * BATCH * M, N));
  // A matrix without elements has no last row to clamp to; it is never read either.
  const atLeast1 = { M: Math.max(1, M), K: Math.max(1, K), N: Math.max(1, N) };
  const product: Kernel = {
    label: `matmul ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"} ${M}x${K}x${N}`,
    source: fillTemplate(tile.shared ? sharedSource : source, {
      consts: {
        ...atLeast1,
        BATCH,
        M4: Math.max(1, M4),
        K4: Math.max(1, K4),
        N4: Math.max(1, N4),
        A_SIZE: sharedA ? 0 : transposeA ? K * M4 : M * K4,
        B_SIZE: sharedB ? 0 : transposeB ? N * K4 : K * N4,
        TA: transposeA ? 1 : 0,
        TB: transposeB ? 1 : 0,
        BIAS: bias === undefined ? 0 : 1,
        ROWS: tile.rows,
        COLS: tile.cols,
        ROW_BLOCKS: Math.max(1, ROW_BLOCKS),
        COL_BLOCKS: Math.max(1, COL_BLOCKS),
        STRIP: stripOf(COL_BLOCKS),
        SPLITS,
        PART,
        STEPS,
        UNROLL,
        COUNT,
      },
    }),
    bindings: [
      ...[a, b, ...(bias === undefined ? [] : [bias])].map((operand) => ({ operand, kind: "read" as const })),
      { operand: part, kind: "read_write" },
    ],
    workgroups: splitGrid(tile.shared ? COUNT : Math.ceil(COUNT / 64)),
    leading: SPLITS === 1 && (BATCH > 1 || (!transposeA && COL_BLOCKS === stripOf(COL_BLOCKS))),
    leadingSlack: tile.shared ? COL_BLOCKS : Math.ceil(COL_BLOCKS / 64),
  };
  if (SPLITS === 1) return [product];
  const inner = BATCH * M * N4;
  return [
    product,
    ...sumKernels({ x: part, out: c, outer: 1, length: SPLITS, inner, lanes: false, scratch }),
  ];
}

/** Blocks of columns in one strip: a few, without a rest, or all of them. */
function stripOf(blocks: number): number {
  return [4, 5, 6, 3, 7, 8].find((width) => blocks % width === 0) ?? Math.max(1, blocks);
}
