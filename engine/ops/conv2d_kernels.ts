/** Kernels of 2-D convolution and its gradients: tile sizes, grids and bindings. */

import { type Binding, type Kernel, MAX_LOOP_ITERATIONS, type Operand, type Target } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, type Spec } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import type { GradWeightsTile, PixelTile } from "./conv2d_tiles.ts";
import type { ConvSizes } from "./conv2d_sizes.ts";
import { sumKernels } from "./reduce_sum.ts";
import forwardSource from "./conv2d.wgsl" with { type: "text" };
import flipSource from "./conv2d_flip_weights.wgsl" with { type: "text" };
import gradInputSource from "./conv2d_grad_input.wgsl" with { type: "text" };
import gradWeightsSource from "./conv2d_grad_weights.wgsl" with { type: "text" };

const quads = (n: number) => Math.ceil(n / 4);

/** 1 if the grid has surplus invocations, which need a guard; a kernel without it carries no masks. */
function guard(count: number, [x, y, z]: readonly [number, number, number]): number {
  return count === x * y * z * 64 ? 0 : 1;
}

function reads(...operands: Operand[]): Binding[] {
  return operands.map((operand) => ({ operand, kind: "read" }));
}

/** Operands of y = x * w + bias. */
export interface ForwardPlan {
  readonly x: Operand;
  readonly w: Operand;
  readonly bias: Operand | undefined;
  readonly y: Operand;
  readonly sizes: ConvSizes;
}

/** y = x * w + bias. */
export function forwardKernel({ x, w, bias, y, sizes }: ForwardPlan, tile: PixelTile): Kernel {
  const { N, OH, OW, C, O, STRIDE, KH, KW } = sizes;
  const { rows: ROWS, columns: COLS, outputs: OUT } = tile;
  const COL_BLOCKS = Math.ceil(OW / COLS), ROW_BLOCKS = Math.ceil(OH / ROWS);
  const OUT_BLOCKS = Math.ceil(O / OUT);
  const COUNT = N * ROW_BLOCKS * COL_BLOCKS * OUT_BLOCKS;
  const workgroups = splitGrid(Math.ceil(COUNT / 64));
  return {
    label: `conv2d ${KW}x${KW}`,
    source: fillTemplate(forwardSource, {
      consts: {
        ...sizes,
        C4: quads(C),
        O4: quads(O),
        ROWS,
        COLS,
        OUT,
        COL_BLOCKS,
        ROW_BLOCKS,
        OUT_BLOCKS,
        COUNT,
        GUARD: guard(COUNT, workgroups),
        SPAN: (COLS - 1) * STRIDE + KW,
        STEPS: quads(C) === 1 && KH <= 3 ? KH : 1,
        BIAS: bias === undefined ? 0 : 1,
      },
    }),
    bindings: [
      ...reads(x, w, ...(bias === undefined ? [] : [bias])),
      { operand: y, kind: "read_write" },
    ],
    workgroups,
    leading: true,
  };
}

/** Turns weights w [O, KH, KW, C] into v [C, KH, KW, O], the window upside down and mirrored if `flip`. */
export function flipKernel(
  { w, v, sizes, flip }: { w: Operand; v: Operand; sizes: ConvSizes; flip: boolean },
): Kernel {
  const { C, KH, KW, O } = sizes;
  return {
    label: "conv2d_flip_weights",
    source: fillTemplate(flipSource, {
      consts: { C, KH, KW, O, C4: quads(C), O4: quads(O), FLIP: flip ? 1 : 0 },
    }),
    bindings: [{ operand: w, kind: "read" }, { operand: v, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(C * KH * KW * quads(O) / 64)),
  };
}

/** Operands of dx. */
export interface GradInputPlan {
  readonly dy: Operand;
  readonly w: Operand;
  readonly dx: Operand;
  readonly sizes: ConvSizes;
  scratch(spec: Spec): Operand;
}

/** dx from dy and w, for any stride. */
export function stridedKernels({ dy, w, dx, sizes, scratch }: GradInputPlan, tile: PixelTile): Kernel[] {
  const v = scratch(f32(sizes.C, sizes.KH, sizes.KW, sizes.O));
  return [flipKernel({ w, v, sizes, flip: false }), stridedKernel({ dy, v, dx, sizes, tile })];
}

/** dx from dy and the weights with their channels swapped, v [C, KH, KW, O]. */
function stridedKernel(
  { dy, v, dx, sizes, tile }: {
    dy: Operand;
    v: Operand;
    dx: Operand;
    sizes: ConvSizes;
    tile: PixelTile;
  },
): Kernel {
  const { N, H, W, C, O, KW, STRIDE, PAD } = sizes;
  const { columns: COLS, outputs: OUT } = tile;
  const COL_BLOCKS = Math.ceil(W / STRIDE / COLS), ROW_BLOCKS = Math.ceil(H / STRIDE);
  const OUT_BLOCKS = Math.ceil(C / OUT);
  const COUNT = N * ROW_BLOCKS * STRIDE * COL_BLOCKS * OUT_BLOCKS;
  const workgroups = splitGrid(Math.ceil(COUNT / 64));
  // The column of dy that tap kx reaches from the first dx column of its phase.
  const offset = (kx: number) => -Math.floor((kx - PAD) / STRIDE);
  const LEFT = offset(KW - 1);
  return {
    label: `conv2d_grad_input ${KW}x${KW}`,
    source: fillTemplate(gradInputSource, {
      consts: {
        ...sizes,
        C4: quads(C),
        O4: quads(O),
        COLS,
        OUT,
        COL_BLOCKS,
        ROW_BLOCKS,
        OUT_BLOCKS,
        COUNT,
        GUARD: guard(COUNT, workgroups),
        LEFT,
        SPAN: COLS + offset(0) - LEFT,
      },
    }),
    bindings: [...reads(dy, v), { operand: dx, kind: "read_write" }],
    workgroups,
    leading: true,
  };
}

/** Operands of dw. */
export interface GradWeightsPlan {
  readonly x: Operand;
  readonly dy: Operand;
  readonly dw: Operand;
  readonly sizes: ConvSizes;
  scratch(spec: Spec): Operand;
}

/** Invocations that keep a device busy; more parts only cost memory and additions. */
const ENOUGH = { software: 1024, hardware: 2048 };

/**
 * Rows (of N OH) in one part of the sum that is dw. From the shapes and the kind of device alone, not from the tile: the
 * parts are the order of summation.
 */
export function rowsPerPart({ N, C, O, KH, OH, OW }: ConvSizes, { software }: Target): number {
  const rows = N * OH;
  const owners = KH * Math.ceil(quads(C) / 2) * Math.ceil(O / 8);
  const wanted = Math.ceil((software ? ENOUGH.software : ENOUGH.hardware) / owners);
  const longest = Math.max(1, Math.floor(MAX_LOOP_ITERATIONS / (OW + 2)));
  return Math.max(1, Math.min(longest, Math.ceil(rows / Math.max(1, Math.min(rows, wanted)))));
}

/** dw from x and dy: sums over parts of the rows, then over the parts. */
export function gradWeightsKernels(
  plan: GradWeightsPlan & { readonly rowsPerPart: number },
  tile: GradWeightsTile,
): Kernel[] {
  const { x, dy, dw, sizes, rowsPerPart: PART, scratch } = plan;
  const { N, C, O, KH, KW, OH, STRIDE } = sizes;
  const { outputs: OB, inputs, taps: TAPS, step: STEP } = tile;
  const C4 = quads(C), O4 = quads(O), IB = inputs / 4;
  const C_BLOCKS = Math.ceil(C4 / IB), O_BLOCKS = Math.ceil(O / OB);
  const rows = N * OH;
  const SPLITS = Math.max(1, Math.ceil(rows / PART));
  const part = SPLITS === 1 ? dw : scratch(f32(SPLITS * O, KH, KW, C));
  const COUNT = KW / TAPS * KH * C_BLOCKS * O_BLOCKS * SPLITS;
  const workgroups = splitGrid(Math.ceil(COUNT / 64));
  const partial: Kernel = {
    label: `conv2d_grad_weights ${KW}x${KW}`,
    source: fillTemplate(gradWeightsSource, {
      consts: {
        ...sizes,
        C4,
        O4,
        TAPS,
        IB,
        OB,
        STEP,
        SPAN: (STEP - 1) * STRIDE + TAPS,
        KEEP: Math.max(0, TAPS - STRIDE),
        C_BLOCKS,
        O_BLOCKS,
        PART,
        SPLITS,
        COUNT,
        GUARD: guard(COUNT, workgroups),
      },
    }),
    bindings: [...reads(x, dy), { operand: part, kind: "read_write" }],
    workgroups,
  };
  if (SPLITS === 1) return [partial];
  const inner = O * KH * KW * C4;
  return [
    partial,
    ...sumKernels({ x: part, out: dw, outer: 1, length: SPLITS, inner, lanes: false, scratch }),
  ];
}
