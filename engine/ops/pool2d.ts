/**
 * Pooling over windows of an image, and over whole images.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { Kernel, OpCase, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, type Shape, type Spec, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import finiteSource from "../wgsl/finite.wgsl" with { type: "text" };
import { fillTemplate } from "../wgsl/template.ts";
import {
  averageGradReference,
  averageReference,
  maximumGradReference,
  maximumReference,
} from "./pool2d_reference.ts";
import forwardSource from "./pool2d.wgsl" with { type: "text" };
import gradSource from "./pool2d_grad.wgsl" with { type: "text" };

/** A window, the same in both directions. */
export interface PoolAttrs {
  readonly [key: string]: unknown;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Sizes of a pooling x [N, H, W, C] -> y [N, OH, OW, C]. */
export interface PoolSizes {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly KH: number;
  readonly KW: number;
  readonly OH: number;
  readonly OW: number;
  readonly STRIDE: number;
  readonly PAD: number;
}

/** @throws {RangeError} If the window does not fit. */
function poolSizes(x: Shape, { kernel, stride, padding }: PoolAttrs): PoolSizes {
  if (x.length !== 4) {
    throw new RangeError(`Cannot pool: expected four dimensions (NHWC), got ${formatShape(x)}`);
  }
  const given = `kernel ${kernel}, stride ${stride}, padding ${padding}`;
  if (![kernel, stride, padding].every(Number.isInteger) || kernel < 1 || stride < 1 || padding < 0) {
    throw new RangeError(`Cannot pool: expected whole numbers, kernel and stride at least 1, ${given}`);
  }
  if (padding > kernel / 2) {
    throw new RangeError(`Cannot pool: the padding is more than half the kernel, ${given}`);
  }
  const [N, H, W, C] = x;
  const OH = Math.floor((H + 2 * padding - kernel) / stride) + 1;
  const OW = Math.floor((W + 2 * padding - kernel) / stride) + 1;
  if (OH < 1 || OW < 1) {
    throw new RangeError(
      `Cannot pool: the kernel is larger than the padded image ${formatShape(x)}, ${given}`,
    );
  }
  return { N, H, W, C, KH: kernel, KW: kernel, OH, OW, STRIDE: stride, PAD: padding };
}

/** Sizes of one window that covers the image. */
function globalSizes(x: Shape): PoolSizes {
  if (x.length !== 4) {
    throw new RangeError(`Cannot pool: expected four dimensions (NHWC), got ${formatShape(x)}`);
  }
  const [N, H, W, C] = x;
  if (H * W === 0) throw new RangeError(`Cannot pool: the image is empty, ${formatShape(x)}`);
  return { N, H, W, C, KH: H, KW: W, OH: 1, OW: 1, STRIDE: 1, PAD: 0 };
}

/** The mean over each window. */
export const avgPool2dOp: OpDef<PoolAttrs> = {
  name: "avg_pool2d",
  shape: ([x], attrs) => [outputSpec(poolSizes(x.shape, attrs))],
  lower: ({ inputs: [x], outputs: [y], attrs }) => [
    forwardKernel({ x, y, sizes: poolSizes(x.spec.shape, attrs), max: false }),
  ],
  backward: (
    { inputs: [x], grads: [g], attrs },
  ) => [record(avgPool2dGradOp, [g!], { ...attrs, shape: x.shape })[0]],
  reference: ([x], attrs) => [averageReference(x, poolSizes(x.shape, attrs))],
  flops: () => 0,
  cases: poolCases(),
};

interface GradAttrs extends PoolAttrs {
  /** Shape of the gradient. */
  readonly shape: Shape;
}

/** dx of the mean. Input: dy [N, OH, OW, C]. */
export const avgPool2dGradOp: OpDef<GradAttrs> = {
  name: "avg_pool2d_grad",
  shape: (_, { shape }) => [f32(...shape)],
  lower: ({ inputs: [dy], outputs: [dx], attrs }) => [
    gradKernel({ dy, dx, sizes: poolSizes(attrs.shape, attrs) }),
  ],
  backward: (
    { grads: [g], attrs: { kernel, stride, padding } },
  ) => [avgPool2d(g!, { kernel, stride, padding })],
  reference: ([dy], attrs) => [averageGradReference(dy, poolSizes(attrs.shape, attrs))],
  flops: () => 0,
  cases: gradCases(({ dy }) => [dy]),
};

/** The largest of each window. */
export const maxPool2dOp: OpDef<PoolAttrs> = {
  name: "max_pool2d",
  shape: ([x], attrs) => [outputSpec(poolSizes(x.shape, attrs))],
  lower: ({ inputs: [x], outputs: [y], attrs }) => [
    forwardKernel({ x, y, sizes: poolSizes(x.spec.shape, attrs), max: true }),
  ],
  backward: ({ inputs: [x], outputs: [y], grads: [g], attrs }) => [
    record(maxPool2dGradOp, [g!, x, y], { ...attrs, shape: x.shape })[0],
  ],
  reference: ([x], attrs) => [maximumReference(x, poolSizes(x.shape, attrs))],
  flops: () => 0,
  cases: poolCases(),
};

/** dx of the maximum. Inputs: dy [N, OH, OW, C], x [N, H, W, C], y [N, OH, OW, C]. */
const maxPool2dGradOp: OpDef<GradAttrs> = {
  name: "max_pool2d_grad",
  shape: (_, { shape }) => [f32(...shape)],
  lower: ({ inputs: [dy, x, y], outputs: [dx], attrs }) => [
    gradKernel({ dy, dx, max: { x, y }, sizes: poolSizes(attrs.shape, attrs) }),
  ],
  backward: null,
  reference: ([dy, x, y], attrs) => [maximumGradReference({ dy, x, y }, poolSizes(attrs.shape, attrs))],
  flops: () => 0,
  cases: gradCases(({ dy, x }) => [dy, x, dy]),
};

type GlobalAttrs = Readonly<Record<string, never>>;

/** The mean over each image. */
export const globalAvgPoolOp: OpDef<GlobalAttrs> = {
  name: "global_avg_pool",
  shape: ([x]) => {
    const { N, C } = globalSizes(x.shape);
    return [f32(N, C)];
  },
  lower: ({ inputs: [x], outputs: [y] }) => [
    forwardKernel({ x, y, sizes: globalSizes(x.spec.shape), max: false }),
  ],
  backward: ({ inputs: [x], grads: [g] }) => [record(globalAvgPoolGradOp, [g!], { shape: x.shape })[0]],
  reference: ([x], _, [out]) => [{ ...averageReference(x, globalSizes(x.shape)), shape: out.shape }],
  flops: () => 0,
  cases: [
    { name: "one element", inputs: [f32(1, 1, 1, 1)], attrs: {} },
    { name: "odd", inputs: [f32(3, 5, 7, 6)], attrs: {} },
    { name: "a head", inputs: [f32(5, 8, 8, 64)], attrs: {}, large: true },
    { name: "empty batch", inputs: [f32(0, 4, 4, 3)], attrs: {} },
    { name: "more than 65,535 workgroups", inputs: [f32(65_537 * 64, 1, 1, 1)], attrs: {}, large: true },
  ],
};

interface GlobalGradAttrs {
  readonly [key: string]: unknown;
  readonly shape: Shape;
}

/** dx of the mean over each image. Input: dy [N, C]. */
export const globalAvgPoolGradOp: OpDef<GlobalGradAttrs> = {
  name: "global_avg_pool_grad",
  shape: (_, { shape }) => [f32(...shape)],
  lower: (
    { inputs: [dy], outputs: [dx], attrs },
  ) => [gradKernel({ dy, dx, sizes: globalSizes(attrs.shape) })],
  backward: ({ grads: [g] }) => [globalAvgPool(g!)],
  reference: ([dy], { shape }) => [averageGradReference(dy, globalSizes(shape))],
  flops: () => 0,
  cases: [
    { name: "odd", inputs: [f32(3, 6)], attrs: { shape: [3, 5, 7, 6] } },
    {
      name: "more than 65,535 workgroups",
      inputs: [f32(65_537 * 16, 1)],
      attrs: { shape: [65_537 * 16, 2, 2, 1] },
      large: true,
    },
  ],
};

/** The window of a pooling. */
export interface PoolOptions {
  /** Side of the square window, in pixels. */
  readonly kernel: number;
  /** Step between windows; default: the kernel. */
  readonly stride?: number;
  /** Pixels added on each side, at most half the kernel; default 0. */
  readonly padding?: number;
}

/**
 * The mean over each window of x [N, H, W, C]; padding counts as zeros, as in PyTorch's default.
 *
 * @throws {RangeError} If the window does not fit the image or the padding exceeds half the window.
 */
export function avgPool2d(x: Value, { kernel, stride = kernel, padding = 0 }: PoolOptions): Tensor {
  return record(avgPool2dOp, [x], { kernel, stride, padding })[0];
}

/**
 * The largest value of each window of x [N, H, W, C], NaN where it holds one; padding never wins. Of equal values the first, row by row,
 * gets the gradient.
 *
 * @throws {RangeError} If the window does not fit the image or the padding exceeds half the window.
 */
export function maxPool2d(x: Value, { kernel, stride = kernel, padding = 0 }: PoolOptions): Tensor {
  return record(maxPool2dOp, [x], { kernel, stride, padding })[0];
}

/** The mean over each image: x [N, H, W, C] gives [N, C]. */
export function globalAvgPool(x: Value): Tensor {
  return record(globalAvgPoolOp, [x], {})[0];
}

function outputSpec({ N, OH, OW, C }: PoolSizes): Spec {
  return f32(N, OH, OW, C);
}

function forwardKernel(
  { x, y, sizes, max }: { x: Operand; y: Operand; sizes: PoolSizes; max: boolean },
): Kernel {
  const count = vec4Count(y.spec.shape);
  return {
    label: `${max ? "max" : "avg"}_pool ${sizes.KH}x${sizes.KW}`,
    source: fillTemplate(forwardSource, {
      include: max ? [finiteSource] : [],
      consts: poolConsts(sizes, { count, max }),
    }),
    bindings: [{ operand: x, kind: "read" }, { operand: y, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(count / 64)),
    leading: true,
  };
}

interface GradPlan {
  readonly dy: Operand;
  readonly dx: Operand;
  readonly sizes: PoolSizes;
  /** Input and output of the forward maximum. */
  readonly max?: { readonly x: Operand; readonly y: Operand };
}

function gradKernel({ dy, dx, sizes, max }: GradPlan): Kernel {
  const count = vec4Count(dx.spec.shape);
  const reads = max === undefined ? [dy] : [dy, max.x, max.y];
  return {
    label: `${max === undefined ? "avg" : "max"}_pool_grad ${sizes.KH}x${sizes.KW}`,
    source: fillTemplate(gradSource, { consts: poolConsts(sizes, { count, max: max !== undefined }) }),
    bindings: [
      ...reads.map((operand) => ({ operand, kind: "read" as const })),
      { operand: dx, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(count / 64)),
    leading: true,
  };
}

function poolConsts(
  { N: _, ...sizes }: PoolSizes,
  { count, max }: { count: number; max: boolean },
): Record<string, number> {
  return { ...sizes, C4: Math.max(1, Math.ceil(sizes.C / 4)), COUNT: count, MAX: max ? 1 : 0 };
}

function poolCases(): OpCase<PoolAttrs>[] {
  const make = (name: string, x: Shape, [kernel, stride, padding]: readonly number[]) => ({
    name,
    inputs: [f32(...x)],
    attrs: { kernel, stride, padding },
  });
  return [
    make("one element", [1, 1, 1, 1], [1, 1, 0]),
    make("2x2, odd sizes", [2, 5, 7, 3], [2, 2, 0]),
    make("3x3, stride 2, padding 1", [2, 6, 7, 5], [3, 2, 1]),
    make("3x3, overlapping", [1, 5, 4, 4], [3, 1, 1]),
    make("5x5, stride 3, padding 2", [1, 8, 7, 2], [5, 3, 2]),
    make("gaps between windows", [1, 7, 8, 3], [2, 3, 0]),
    make("empty batch", [0, 4, 4, 3], [2, 2, 0]),
    { ...make("more than 65,535 workgroups", [1, 2050, 2048, 1], [1, 1, 0]), large: true },
  ];
}

function gradCases(inputs: (specs: { x: Spec; dy: Spec }) => Spec[]): OpCase<GradAttrs>[] {
  return poolCases().map((c) => {
    const [x] = c.inputs;
    const dy = outputSpec(poolSizes(x.shape, c.attrs));
    return { ...c, inputs: inputs({ x, dy }), attrs: { ...c.attrs, shape: x.shape } };
  });
}
