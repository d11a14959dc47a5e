/** Kernels of 2-D convolution and its gradients: tile sizes, grids and bindings. */

import type { Binding, Kernel, Operand, Target } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, type Spec } from "../shape.ts";
import { fillTemplate } from "../wgsl_template.ts";
import type { ConvSizes } from "./conv2d_sizes.ts";
import { sumKernels } from "./reduce_sum.ts";
import forwardSource from "./conv2d.wgsl" with { type: "text" };
import flipSource from "./conv2d_flip_weights.wgsl" with { type: "text" };
import gradInputSource from "./conv2d_grad_input.wgsl" with { type: "text" };
import gradWeightsSource from "./conv2d_grad_weights.wgsl" with { type: "text" };

const quads = (n: number) => Math.ceil(n / 4);

/** Columns a lane computes: the more, the fewer loads for each product, but no more than the image has. */
function columnsPerLane(width: number, stride: number): number {
  if (width <= 1) return 1;
  if (width <= 4 || stride > 2) return 4;
  return width < 16 ? 8 : 16;
}

function reads(...operands: Operand[]): Binding[] {
  return operands.map((operand) => ({ operand, kind: "read" }));
}

interface ForwardPlan {
  readonly x: Operand;
  readonly w: Operand;
  readonly bias: Operand | undefined;
  readonly y: Operand;
  readonly sizes: ConvSizes;
}

/** y = x * w + bias. */
export function forwardKernel({ x, w, bias, y, sizes }: ForwardPlan): Kernel {
  const { N, OH, OW, O, STRIDE, KW } = sizes;
  const COLS = columnsPerLane(OW, STRIDE), OUT = O > 4 ? 8 : 4;
  const COL_BLOCKS = Math.ceil(OW / COLS);
  const COUNT = N * OH * COL_BLOCKS * Math.ceil(O / OUT);
  return {
    label: `conv2d ${KW}x${KW}`,
    source: fillTemplate(forwardSource, {
      consts: {
        ...sizes,
        C4: quads(sizes.C),
        O4: quads(O),
        COLS,
        OUT,
        COL_BLOCKS,
        COUNT,
        SPAN: (COLS - 1) * STRIDE + KW,
        BIAS: bias === undefined ? 0 : 1,
      },
    }),
    bindings: [
      ...reads(x, w, ...(bias === undefined ? [] : [bias])),
      { operand: y, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
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

/** dx from dy and the turned weights v [C, KH, KW, O], for any stride. */
export function gradInputKernel(
  { dy, v, dx, sizes }: {
    dy: Operand;
    v: Operand;
    dx: Operand;
    sizes: ConvSizes;
  },
): Kernel {
  const { N, H, W, C, O, STRIDE } = sizes;
  const columns = Math.ceil(W / STRIDE);
  const COLS = columnsPerLane(columns, 1), OUT = C > 4 ? 8 : 4;
  const COL_BLOCKS = Math.ceil(columns / COLS);
  const COUNT = N * H * STRIDE * COL_BLOCKS * Math.ceil(C / OUT);
  return {
    label: "conv2d_grad_input",
    source: fillTemplate(gradInputSource, {
      consts: { ...sizes, C4: quads(C), O4: quads(O), COLS, OUT, COL_BLOCKS, COUNT },
    }),
    bindings: [...reads(dy, v), { operand: dx, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

interface GradWeightsPlan {
  readonly x: Operand;
  readonly dy: Operand;
  readonly dw: Operand;
  readonly sizes: ConvSizes;
  readonly target: Target;
  scratch(spec: Spec): Operand;
}

/** Invocations that keep a device busy; more parts only cost memory and their sum. */
const ENOUGH = { software: 512, hardware: 2048 };

/** dw from x and dy: sums over parts of the rows, then over the parts. */
export function gradWeightsKernels({ x, dy, dw, sizes, target, scratch }: GradWeightsPlan): Kernel[] {
  const { N, C, O, KH, KW, OH, STRIDE } = sizes;
  const C4 = quads(C), O4 = quads(O);
  const TAPS = KW <= 3 ? KW : 1, IB = C4 > 1 ? 2 : 1, OB = O > 4 ? 8 : 4;
  const C_BLOCKS = Math.ceil(C4 / IB);
  const owners = KW / TAPS * KH * C_BLOCKS * Math.ceil(O / OB);
  const rows = N * OH;
  const wanted = Math.ceil((target.software ? ENOUGH.software : ENOUGH.hardware) / owners);
  const PART = Math.max(1, Math.ceil(rows / Math.max(1, Math.min(rows, wanted))));
  const SPLITS = Math.max(1, Math.ceil(rows / PART));
  const part = SPLITS === 1 ? dw : scratch(f32(SPLITS * O, KH, KW, C));
  const COUNT = owners * SPLITS;
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
        C_BLOCKS,
        PART,
        SPLITS,
        COUNT,
        ROLL: STRIDE === 1 && TAPS > 1 ? 1 : 0,
      },
    }),
    bindings: [...reads(x, dy), { operand: part, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
  if (SPLITS === 1) return [partial];
  const inner = O * KH * KW * C4;
  return [
    partial,
    ...sumKernels({ x: part, out: dw, outer: 1, length: SPLITS, inner, lanes: false, scratch }),
  ];
}
