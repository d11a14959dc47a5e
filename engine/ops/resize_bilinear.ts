/** Bilinear resizing of images. */

import { record } from "../graph/graph.ts";
import type { Kernel, OpCase, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, rowVec4s, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./resize_bilinear.wgsl" with { type: "text" };

/** The new size; for the gradient, the original size. */
interface ResizeAttrs {
  readonly [key: string]: unknown;
  readonly height: number;
  readonly width: number;
}

/** y [N, height, width, C] of x [N, H, W, C]. */
export const resizeBilinearOp: OpDef<ResizeAttrs> = {
  name: "resize_bilinear",
  shape: ([x], size) => [f32(...resizedShape(x.shape, size))],
  lower: ({ inputs: [x], outputs: [y] }) => [kernel({ x, y, grad: false })],
  backward: ({ inputs: [x], grads: [g] }) => [
    record(resizeBilinearGradOp, [g!], { height: x.shape[1], width: x.shape[2] })[0],
  ],
  reference: ([x], _, [out]) => {
    const data = new Float64Array(sizeOf(out.shape));
    eachContribution(x.shape, out.shape, (from, to, weight) => data[to] += weight * x.data[from]);
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: cases(({ x, to }) => ({ x, to })),
};

/** dx [N, height, width, C] of dy [N, H, W, C]. */
export const resizeBilinearGradOp: OpDef<ResizeAttrs> = {
  name: "resize_bilinear_grad",
  shape: ([dy], size) => [f32(...resizedShape(dy.shape, size))],
  lower: ({ inputs: [dy], outputs: [dx] }) => [kernel({ x: dy, y: dx, grad: true })],
  backward: null,
  reference: ([dy], _, [out]) => {
    const data = new Float64Array(sizeOf(out.shape));
    eachContribution(out.shape, dy.shape, (from, to, weight) => data[from] += weight * dy.data[to]);
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: cases(({ x: [n, h, w, c], to: [height, width] }) => ({ x: [n, height, width, c], to: [h, w] })),
};

/**
 * Resizes images by bilinear interpolation: [B, H, W, C] to [B, height, width, C]. Pixel centres lie at halves, pixels
 * beyond the edge repeat it, and nothing is averaged when the size shrinks. The same as PyTorch's
 * `F.interpolate(x, size, mode="bilinear", align_corners=False, antialias=False)`.
 *
 * @throws {RangeError} If x does not have four dimensions, or a size is not a whole number from 1 up.
 */
export function resizeBilinear(
  x: Value,
  { height, width }: { readonly height: number; readonly width: number },
): Tensor {
  return record(resizeBilinearOp, [x], { height, width })[0];
}

function resizedShape(x: Shape, { height, width }: ResizeAttrs): Shape {
  if (x.length !== 4) {
    throw new RangeError(`Cannot resize: expected four dimensions (NHWC), got ${formatShape(x)}`);
  }
  for (const n of [height, width, x[1], x[2]]) {
    if (Number.isSafeInteger(n) && n >= 1) continue;
    throw new RangeError(
      `Cannot resize: sizes must be whole numbers from 1 up, ${formatShape(x)} to ${height} x ${width}`,
    );
  }
  return [x[0], height, width, x[3]];
}

function kernel({ x, y, grad }: { x: Operand; y: Operand; grad: boolean }): Kernel {
  const [, H, W] = (grad ? y : x).spec.shape, [, OH, OW] = (grad ? x : y).spec.shape;
  const COUNT = vec4Count(y.spec.shape), C4 = rowVec4s(y.spec.shape);
  return {
    label: grad ? "resize_bilinear_grad" : "resize_bilinear",
    source: fillTemplate(source, { consts: { COUNT, C4, H, W, OH, OW, GRAD: grad ? 1 : 0 } }),
    bindings: [{ operand: x, kind: "read" }, { operand: y, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
    leading: true,
  };
}

/** Input pixels of output pixel `o` in one direction, with their weights. */
function places(o: number, from: number, to: number): [number, number][] {
  const p = Math.max((o + 0.5) * from / to - 0.5, 0), first = Math.floor(p);
  return [[first, 1 - (p - first)], [Math.min(first + 1, from - 1), p - first]];
}

function eachContribution(
  [n, h, w, c]: Shape,
  [, height, width]: Shape,
  visit: (from: number, to: number, weight: number) => void,
): void {
  for (let row = 0; row < n * height; row++) {
    for (const [iy, down] of places(row % height, h, height)) {
      for (let ox = 0; ox < width; ox++) {
        for (const [ix, along] of places(ox, w, width)) {
          for (let k = 0; k < c; k++) {
            const from = ((Math.floor(row / height) * h + iy) * w + ix) * c + k;
            visit(from, (row * width + ox) * c + k, down * along);
          }
        }
      }
    }
  }
}

interface Sizes {
  readonly x: readonly number[];
  readonly to: readonly number[];
}

function cases(arrange: (sizes: Sizes) => Sizes): OpCase<ResizeAttrs>[] {
  return [
    { name: "one pixel", x: [1, 1, 1, 1], to: [3, 2] },
    { name: "the same size", x: [2, 4, 3, 5], to: [4, 3] },
    { name: "larger", x: [2, 3, 4, 3], to: [7, 9] },
    { name: "smaller", x: [2, 9, 8, 6], to: [4, 3] },
    { name: "larger and smaller, above a workgroup", x: [3, 7, 5, 4], to: [5, 12] },
    { name: "to one pixel", x: [1, 5, 4, 2], to: [1, 1] },
    { name: "empty batch", x: [0, 4, 4, 3], to: [2, 6] },
  ].map(({ name, ...sizes }) => {
    const { x, to: [height, width] } = arrange(sizes);
    return { name, inputs: [f32(...x)], attrs: { height, width } };
  });
}
