/** A scale and an offset per channel: BatchNorm in eval mode, and its relu. */

import { record } from "../graph.ts";
import type { Kernel, NdArray, OpDef, Operand } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, formatShape, lastDim, rowCount, rowVec4s, type Shape } from "../shape.ts";
import type { Tensor, Value } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import { mul } from "./arithmetic.ts";
import { reluGradOp } from "./relu.ts";
import { applyElementwise } from "./elementwise.ts";
import source from "./channel_affine.wgsl" with { type: "text" };

/** Whether the result is cut off below 0. */
export interface AffineAttrs {
  readonly [key: string]: unknown;
  readonly relu: boolean;
}

/** y = x * scale + offset. Inputs: x [..., C], scale [C], offset [C]. */
export const channelAffineOp: OpDef<AffineAttrs> = {
  name: "channel_affine",
  shape: ([x, scale, offset]) => {
    for (const s of [scale, offset]) {
      if (s.shape.length !== 1 || s.shape[0] !== lastDim(x.shape)) {
        throw new RangeError(
          `Cannot scale channels: expected [${lastDim(x.shape)}] for x ${formatShape(x.shape)}, got ${
            formatShape(s.shape)
          }`,
        );
      }
    }
    return [f32(...x.shape)];
  },
  lower: (
    { inputs: [x, scale, offset], outputs: [y], attrs },
  ) => [affineKernel({ x, scale, offset, y, relu: attrs.relu })],
  backward: ({ inputs: [x, scale, offset], outputs: [y], grads: [g], attrs, needs }) => {
    const masked = () => attrs.relu ? applyElementwise(reluGradOp, [g!, y]) : g!;
    return [
      needs(0) ? record(channelAffineGradOp, [x, scale, offset, g!], attrs)[0] : null,
      needs(1) ? mul(masked(), x) : null,
      needs(2) ? masked() : null,
    ];
  },
  reference: ([x, scale, offset], { relu }) => {
    const value = affineReference({ x, scale, offset });
    return [{ shape: x.shape, data: relu ? value.map((v) => Math.max(v, 0)) : value }];
  },
  flops: () => 0,
  cases: affineCases().map((c) => ({ ...c, inputs: [f32(...c.x), f32(lastDim(c.x)), f32(lastDim(c.x))] })),
};

/** dx = dy * scale, 0 where the output was cut off. Inputs: x, scale, offset, dy. */
export const channelAffineGradOp: OpDef<AffineAttrs> = {
  name: "channel_affine_grad",
  shape: ([x]) => [f32(...x.shape)],
  lower: ({ inputs: [x, scale, offset, dy], outputs: [y], attrs }) => [
    affineKernel({ x, scale, offset, dy, y, relu: attrs.relu }),
  ],
  backward: null,
  reference: ([x, scale, offset, dy], { relu }) => {
    const value = affineReference({ x, scale, offset }), c = scale.data.length;
    return [{
      shape: x.shape,
      data: value.map((v, i) => relu && v <= 0 ? 0 : dy.data[i] * scale.data[i % c]),
    }];
  },
  flops: () => 0,
  cases: affineCases().map((c) => ({
    ...c,
    inputs: [f32(...c.x), f32(lastDim(c.x)), f32(lastDim(c.x)), f32(...c.x)],
  })),
};

/**
 * x * scale + offset per channel, cut off below 0 if `relu` (default false).
 *
 * @param x [..., C].
 * @param scale [C], as is the offset.
 * @throws {RangeError} If they have another number of channels.
 */
export function channelAffine(
  x: Value,
  scale: Value,
  { offset, relu = false }: { offset: Value; relu?: boolean },
): Tensor {
  return record(channelAffineOp, [x, scale, offset], { relu })[0];
}

interface AffinePlan {
  readonly x: Operand;
  readonly scale: Operand;
  readonly offset: Operand;
  readonly dy?: Operand;
  readonly y: Operand;
  readonly relu: boolean;
}

/** The kernel of this operation and of BatchNorm's last stage. */
export function affineKernel({ x, scale, offset, dy, y, relu }: AffinePlan): Kernel {
  const grid = channelGrid(x.spec.shape);
  return {
    label: "channel_affine",
    source: fillTemplate(source, {
      consts: { ...grid.consts, RELU: relu ? 1 : 0, GRAD: dy === undefined ? 0 : 1 },
    }),
    bindings: [
      ...[x, scale, offset, ...(dy === undefined ? [] : [dy])].map((operand) => ({
        operand,
        kind: "read" as const,
      })),
      { operand: y, kind: "read_write" },
    ],
    ...grid.layout,
  };
}

/** Rows one invocation computes in the kernels that load something per channel first. */
const ROWS_PER_LANE = 8;

/** Sizes and grid of a kernel in which an invocation owns one vec4 of channels and a few rows. */
export function channelGrid(
  shape: Shape,
): { consts: Record<string, number>; layout: Pick<Kernel, "workgroups" | "leading" | "leadingSlack"> } {
  const ROWS = rowCount(shape), C4 = rowVec4s(shape), PER = ROWS_PER_LANE;
  const BLOCKS = Math.ceil(ROWS / PER);
  const workgroups = splitGrid(Math.ceil(BLOCKS * C4 / 64));
  return {
    consts: { ROWS, C4, PER, BLOCKS },
    layout: { workgroups, leading: true, leadingSlack: Math.ceil(C4 / 64) },
  };
}

function affineReference(
  { x, scale, offset }: { x: NdArray; scale: NdArray; offset: NdArray },
): Float64Array {
  const c = scale.data.length;
  return x.data.map((v, i) => v * scale.data[i % c] + offset.data[i % c]);
}

function affineCases() {
  return [
    { name: "one element", x: [1, 1], attrs: { relu: false } },
    { name: "below eight rows", x: [7, 4], attrs: { relu: false } },
    { name: "above eight rows, odd channels", x: [3, 3, 7], attrs: { relu: true } },
    { name: "many rows", x: [4099, 6], attrs: { relu: true }, large: true },
  ];
}
