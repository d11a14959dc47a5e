/** Nearest-neighbour upsampling by 2. */

import { record } from "../graph/graph.ts";
import type { Kernel, NdArray, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, rowVec4s, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./upsample_nearest2x.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** y [N, 2H, 2W, C] of x [N, H, W, C]. */
export const upsampleNearest2xOp: OpDef<NoAttrs> = {
  name: "upsample_nearest2x",
  shape: ([x]) => {
    const [n, h, w, c] = imageShape(x.shape);
    return [f32(n, 2 * h, 2 * w, c)];
  },
  lower: ({ inputs: [x], outputs: [y] }) => [kernel({ x, y, grad: false })],
  backward: ({ grads: [g] }) => [record(upsampleNearest2xGradOp, [g!], {})[0]],
  reference: ([x], _, [out]) => {
    const data = new Float64Array(sizeOf(out.shape));
    eachPixel(x.shape, out.shape, (small, large) => data[large] = x.data[small]);
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: cases().map((c) => ({ ...c, inputs: [f32(...c.x)] })),
};

/** dx [N, H, W, C] of dy [N, 2H, 2W, C]. */
export const upsampleNearest2xGradOp: OpDef<NoAttrs> = {
  name: "upsample_nearest2x_grad",
  shape: ([dy]) => {
    const [n, h, w, c] = imageShape(dy.shape);
    return [f32(n, h / 2, w / 2, c)];
  },
  lower: ({ inputs: [x], outputs: [y] }) => [kernel({ x, y, grad: true })],
  backward: null,
  reference: ([dy], _, [out]): NdArray[] => {
    const data = new Float64Array(sizeOf(out.shape));
    eachPixel(out.shape, dy.shape, (small, large) => data[small] += dy.data[large]);
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: cases().map(({ x: [n, h, w, c], ...rest }) => ({ ...rest, inputs: [f32(n, 2 * h, 2 * w, c)] })),
};

/**
 * Repeats every pixel twice in both directions: [B, H, W, C] to [B, 2H, 2W, C]. The same as PyTorch's
 * `F.interpolate(x, scale_factor=2, mode="nearest")`.
 *
 * @throws {RangeError} If x does not have four dimensions.
 */
export function upsampleNearest2x(x: Value): Tensor {
  return record(upsampleNearest2xOp, [x], {})[0];
}

function imageShape(shape: Shape): Shape {
  if (shape.length === 4) return shape;
  throw new RangeError(`Cannot upsample: expected four dimensions (NHWC), got ${formatShape(shape)}`);
}

function kernel({ x, y, grad }: { x: Operand; y: Operand; grad: boolean }): Kernel {
  const small = grad ? y.spec.shape : x.spec.shape, COUNT = vec4Count(y.spec.shape);
  return {
    label: grad ? "upsample_nearest2x_grad" : "upsample_nearest2x",
    source: fillTemplate(source, {
      consts: { COUNT, C4: rowVec4s(small), W: small[2], GRAD: grad ? 1 : 0 },
    }),
    bindings: [{ operand: x, kind: "read" }, { operand: y, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
    leading: true,
  };
}

/** Visits every element of the large image with the element of the small one that it repeats. */
function eachPixel(
  [, h, w, c]: Shape,
  large: Shape,
  visit: (small: number, large: number) => void,
): void {
  for (let i = 0; i < sizeOf(large); i++) {
    const x = Math.floor(i / c) % (2 * w) >> 1, row = Math.floor(i / (c * 2 * w));
    const n = Math.floor(row / (2 * h)), y = row % (2 * h) >> 1;
    visit(((n * h + y) * w + x) * c + i % c, i);
  }
}

function cases() {
  return [
    { name: "one pixel", x: [1, 1, 1, 1], attrs: {} },
    { name: "odd", x: [2, 3, 5, 7], attrs: {} },
    { name: "above a workgroup", x: [3, 4, 6, 8], attrs: {} },
    { name: "empty batch", x: [0, 2, 2, 3], attrs: {} },
  ];
}
