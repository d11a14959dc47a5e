/** 2-D convolution and its gradients. */

import { record } from "../graph.ts";
import type { Binding, Kernel, OpCase, OpDef, Operand } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, formatShape, type Shape, type Spec } from "../shape.ts";
import type { Tensor, Value } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import { convGradInputReference, convGradWeightsReference, convReference } from "./conv2d_reference.ts";
import { sumKernels } from "./reduce_sum.ts";
import forwardSource from "./conv2d.wgsl" with { type: "text" };
import flipSource from "./conv2d_flip_weights.wgsl" with { type: "text" };
import gradInputSource from "./conv2d_grad_input.wgsl" with { type: "text" };
import gradWeightsSource from "./conv2d_grad_weights.wgsl" with { type: "text" };

/** Stride and padding, the same in both directions; the padding holds zeros. */
export interface ConvAttrs {
  readonly [key: string]: unknown;
  readonly stride: number;
  readonly padding: number;
}

/** Sizes of a convolution x [N, H, W, C] * w [O, KH, KW, C] -> y [N, OH, OW, O]. */
export interface ConvSizes {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly O: number;
  readonly KH: number;
  readonly KW: number;
  readonly OH: number;
  readonly OW: number;
  readonly STRIDE: number;
  readonly PAD: number;
}

/** @throws {RangeError} If the shapes do not fit together or the output would be empty. */
export function convSizes(x: Shape, w: Shape, { stride, padding }: ConvAttrs): ConvSizes {
  const shapes = `x is ${formatShape(x)} (NHWC), weights are ${formatShape(w)} (OHWI)`;
  if (x.length !== 4 || w.length !== 4) {
    throw new RangeError(`Cannot convolve: expected four dimensions each, ${shapes}`);
  }
  const [N, H, W, C] = x, [O, KH, KW, I] = w;
  if (C !== I) throw new RangeError(`Cannot convolve: channels differ, ${shapes}`);
  const OH = Math.floor((H + 2 * padding - KH) / stride) + 1,
    OW = Math.floor((W + 2 * padding - KW) / stride) + 1;
  if (OH < 1 || OW < 1) {
    throw new RangeError(
      `Cannot convolve: the kernel is larger than the padded image, ${shapes}, padding ${padding}`,
    );
  }
  return { N, H, W, C, O, KH, KW, OH, OW, STRIDE: stride, PAD: padding };
}

/** y = x * w + bias. Inputs: x [N, H, W, C], w [O, KH, KW, C], and bias [O] or none. */
export const conv2dOp: OpDef<ConvAttrs> = {
  name: "conv2d",
  shape: ([x, w, bias], attrs) => {
    const { N, OH, OW, O } = convSizes(x.shape, w.shape, attrs);
    if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== O)) {
      throw new RangeError(`Cannot convolve: expected a bias of [${O}], got ${formatShape(bias.shape)}`);
    }
    return [f32(N, OH, OW, O)];
  },
  lower: ({ inputs: [x, w, bias], outputs: [y], attrs, textures }) => [
    forwardKernel({ x, w, bias, y, textures, sizes: convSizes(x.spec.shape, w.spec.shape, attrs) }),
  ],
  backward: ({ inputs: [x, w, bias], grads: [g], attrs, needs }) => [
    needs(0) ? record(convGradInputOp, [g!, w], { ...attrs, shape: x.shape })[0] : null,
    needs(1) ? record(convGradWeightsOp, [x, g!], { ...attrs, shape: w.shape })[0] : null,
    bias === undefined ? null : g,
  ],
  reference: (
    [x, w, bias],
    attrs,
  ) => [convReference({ x, w, bias, sizes: convSizes(x.shape, w.shape, attrs) })],
  flops: ([x, w], attrs) => convFlops(convSizes(x.shape, w.shape, attrs)),
  cases: convCases().map((c) => ({
    ...c,
    inputs: [f32(...c.x), f32(...c.w), ...(c.bias ? [f32(c.w[0])] : [])],
  })),
};

interface GradAttrs extends ConvAttrs {
  /** Shape of the gradient. */
  readonly shape: Shape;
}

/** dx. Inputs: dy [N, OH, OW, O], w [O, KH, KW, C]. */
export const convGradInputOp: OpDef<GradAttrs> = {
  name: "conv2d_grad_input",
  shape: (_, { shape }) => [f32(...shape)],
  lower: ({ inputs: [dy, w], outputs: [dx], attrs, textures, scratch }) => {
    const sizes = convSizes(attrs.shape, w.spec.shape, attrs);
    const { C, KH, KW, O } = sizes;
    const v = scratch(f32(C, KH, KW, O));
    const flip = sizes.STRIDE === 1 && KH === KW;
    const turn = flipKernel({ w, v, sizes, flip });
    if (!flip) return [turn, gradInputKernel({ dy, v, dx, textures, sizes })];
    const swapped = {
      ...sizes,
      H: sizes.OH,
      W: sizes.OW,
      OH: sizes.H,
      OW: sizes.W,
      C: O,
      O: C,
      PAD: KH - 1 - sizes.PAD,
    };
    return [turn, forwardKernel({ x: dy, w: v, bias: undefined, y: dx, textures, sizes: swapped })];
  },
  backward: null,
  reference: (
    [dy, w],
    attrs,
  ) => [convGradInputReference({ dy, w, sizes: convSizes(attrs.shape, w.shape, attrs) })],
  flops: ([, w], attrs) => convFlops(convSizes(attrs.shape, w.shape, attrs)),
  cases: convCases().map(({ x, w, name, attrs, large }) => {
    const { N, OH, OW, O } = convSizes(x, w, attrs);
    return { name, inputs: [f32(N, OH, OW, O), f32(...w)], attrs: { ...attrs, shape: x }, large };
  }),
};

/** dw. Inputs: x [N, H, W, C], dy [N, OH, OW, O]. */
export const convGradWeightsOp: OpDef<GradAttrs> = {
  name: "conv2d_grad_weights",
  shape: (_, { shape }) => [f32(...shape)],
  lower: ({ inputs: [x, dy], outputs: [dw], attrs, textures, scratch }) =>
    gradWeightsKernels({ x, dy, dw, textures, scratch, sizes: convSizes(x.spec.shape, attrs.shape, attrs) }),
  backward: null,
  reference: (
    [x, dy],
    attrs,
  ) => [convGradWeightsReference({ x, dy, sizes: convSizes(x.shape, attrs.shape, attrs) })],
  flops: ([x], attrs) => convFlops(convSizes(x.shape, attrs.shape, attrs)),
  cases: convCases().map(({ x, w, name, attrs, large }) => {
    const { N, OH, OW, O } = convSizes(x, w, attrs);
    return { name, inputs: [f32(...x), f32(N, OH, OW, O)], attrs: { ...attrs, shape: w }, large };
  }),
};

/** Convolves x [N, H, W, C] with weights [O, KH, KW, C] and adds a bias [O] if given. */
export function conv2d(
  x: Value,
  w: Value,
  options: { bias?: Value; stride?: number; padding?: number } = {},
): Tensor {
  const { bias, stride = 1, padding = 0 } = options;
  return record(conv2dOp, bias === undefined ? [x, w] : [x, w, bias], { stride, padding })[0];
}

function convFlops({ N, OH, OW, O, KH, KW, C }: ConvSizes): number {
  return 2 * N * OH * OW * O * KH * KW * C;
}

const quads = (n: number) => Math.ceil(n / 4);

/** Columns a lane computes: eight, unless the image is narrower or so wide a stride would load too much. */
function columnsPerLane(width: number, stride: number): number {
  if (width <= 1) return 1;
  return width <= 4 || stride > 2 ? 4 : 8;
}

function heavyRead(operand: Operand, textures: boolean): Binding {
  return { operand, kind: textures ? "texture" : "read" };
}

interface ForwardPlan {
  readonly x: Operand;
  readonly w: Operand;
  readonly bias: Operand | undefined;
  readonly y: Operand;
  readonly sizes: ConvSizes;
  readonly textures: boolean;
}

function forwardKernel({ x, w, bias, y, sizes, textures }: ForwardPlan): Kernel {
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
      textures: new Set(textures ? ["x", "w"] : []),
    }),
    bindings: [
      heavyRead(x, textures),
      heavyRead(w, textures),
      ...(bias === undefined ? [] : [{ operand: bias, kind: "read" as const }]),
      { operand: y, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

function flipKernel(
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

function gradInputKernel(
  { dy, v, dx, sizes, textures }: {
    dy: Operand;
    v: Operand;
    dx: Operand;
    sizes: ConvSizes;
    textures: boolean;
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
      textures: new Set(textures ? ["dy", "v"] : []),
    }),
    bindings: [heavyRead(dy, textures), heavyRead(v, textures), { operand: dx, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

interface GradWeightsPlan {
  readonly x: Operand;
  readonly dy: Operand;
  readonly dw: Operand;
  readonly sizes: ConvSizes;
  readonly textures: boolean;
  scratch(spec: Spec): Operand;
}

/** Invocations that keep a device busy; more parts only cost memory. */
const ENOUGH = 2048;

function gradWeightsKernels({ x, dy, dw, sizes, textures, scratch }: GradWeightsPlan): Kernel[] {
  const { N, C, O, KH, KW, OH, STRIDE } = sizes;
  const C4 = quads(C), O4 = quads(O);
  const TAPS = KW <= 3 ? KW : 1, IB = C4 > 1 ? 2 : 1, OB = O > 4 ? 8 : 4;
  const C_BLOCKS = Math.ceil(C4 / IB);
  const owners = KW / TAPS * KH * C_BLOCKS * Math.ceil(O / OB);
  const rows = N * OH;
  const PART = Math.max(1, Math.ceil(rows / Math.max(1, Math.min(rows, Math.ceil(ENOUGH / owners)))));
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
      textures: new Set(textures ? ["x", "dy"] : []),
    }),
    bindings: [heavyRead(x, textures), heavyRead(dy, textures), { operand: part, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
  if (SPLITS === 1) return [partial];
  const inner = O * KH * KW * C4;
  return [
    partial,
    ...sumKernels({ x: part, out: dw, outer: 1, length: SPLITS, inner, lanes: false, scratch }),
  ];
}

interface ConvCase extends Omit<OpCase<ConvAttrs>, "inputs"> {
  readonly x: Shape;
  readonly w: Shape;
  readonly bias: boolean;
}

/** Shapes at, around and away from the tiles: 8 columns, 8 output channels, vec4s of input channels. */
function convCases(): ConvCase[] {
  const make = (
    name: string,
    x: Shape,
    w: Shape,
    rest: { stride?: number; padding?: number; bias?: boolean; large?: boolean } = {},
  ) => ({
    name,
    x,
    w,
    bias: rest.bias ?? false,
    large: rest.large,
    attrs: { stride: rest.stride ?? 1, padding: rest.padding ?? 0 },
  });
  return [
    make("one element", [1, 1, 1, 1], [1, 1, 1, 1], { bias: true }),
    make("3x3, image channels", [2, 5, 6, 3], [5, 3, 3, 3], { padding: 1, bias: true }),
    make("3x3, at the tile", [1, 4, 8, 8], [8, 3, 3, 8], { padding: 1 }),
    make("3x3, above the tile", [2, 3, 9, 9], [9, 3, 3, 9], { padding: 1, bias: true }),
    make("3x3, below the tile", [1, 3, 7, 7], [7, 3, 3, 7], { padding: 1 }),
    make("3x3, without padding", [1, 5, 5, 4], [4, 3, 3, 4]),
    make("3x3, stride 2", [2, 7, 8, 6], [10, 3, 3, 6], { stride: 2, padding: 1, bias: true }),
    make("3x3, stride 2, wide", [1, 6, 34, 4], [12, 3, 3, 4], { stride: 2, padding: 1 }),
    make("1x1, stride 2", [2, 6, 6, 8], [12, 1, 1, 8], { stride: 2 }),
    make("4x4, stride 4", [1, 8, 12, 4], [6, 4, 4, 4], { stride: 4 }),
    make("5x5", [1, 6, 6, 5], [7, 5, 5, 5], { padding: 2, bias: true }),
    make("2x3 kernel", [1, 5, 6, 3], [2, 2, 3, 3], { padding: 1 }),
    make("padding wider than the kernel", [1, 3, 3, 2], [3, 2, 2, 2], { padding: 3 }),
    make("3x3, many rows", [16, 32, 32, 8], [8, 3, 3, 8], { padding: 1, large: true }),
    make("more than 65,535 workgroups", [4, 1025, 1024, 1], [1, 1, 1, 1], { large: true }),
  ];
}
