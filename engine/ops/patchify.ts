/**
 * Images as rows of patches, and back.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { Kernel, NdArray, OpCase, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, rowVec4s, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./patchify.wgsl" with { type: "text" };

interface PatchifyAttrs {
  readonly [key: string]: unknown;
  /** Height and width of a patch. */
  readonly patchSize: number;
}

/** Patches [B, T, P * P * C] of x [B, H, W, C], row by row. */
export const patchifyOp: OpDef<PatchifyAttrs> = {
  name: "patchify",
  shape: ([x], { patchSize: p }) => {
    const [b, h, w, c] = x.shape;
    if (x.shape.length !== 4 || !(p >= 1) || h % p !== 0 || w % p !== 0) {
      throw new RangeError(
        `Cannot cut images into patches: ${formatShape(x.shape)} is not divisible into ${p} x ${p} pixels`,
      );
    }
    return [f32(b, (h / p) * (w / p), p * p * c)];
  },
  lower: ({ inputs: [x], outputs: [out], attrs }) => [
    kernel({ x, out, images: x.spec.shape, patchSize: attrs.patchSize, join: false }),
  ],
  backward: ({ inputs: [x], grads: [g], attrs }) => [
    record(joinPatchesOp, [g!], { ...attrs, height: x.shape[1], width: x.shape[2] })[0],
  ],
  reference: ([x], { patchSize }, [out]) => [
    moved(x, { images: x.shape, patchSize, shape: out.shape, join: false }),
  ],
  flops: () => 0,
  cases: [
    patchCase("one element", [1, 1, 1, 1], 1),
    patchCase("colours", [2, 4, 6, 3], 2),
    patchCase("odd", [2, 3, 9, 1], 3),
    patchCase("whole vec4s", [2, 4, 4, 8], 2),
    patchCase("more channels", [1, 4, 2, 5], 2),
    patchCase("empty batch", [0, 4, 4, 3], 4),
    { ...patchCase("above a workgroup", [3, 16, 16, 3], 4), large: true },
  ],
};

interface JoinAttrs extends PatchifyAttrs {
  readonly height: number;
  readonly width: number;
}

/** Images [B, H, W, C] of x, patches [B, T, P * P * C]. */
export const joinPatchesOp: OpDef<JoinAttrs> = {
  name: "join_patches",
  shape: ([x], { patchSize: p, height, width }) => {
    const [b, tokens, size] = x.shape;
    const fits = x.shape.length === 3 && height % p === 0 && width % p === 0 &&
      tokens === height / p * (width / p) && size % (p * p) === 0;
    if (!fits) {
      throw new RangeError(
        `Cannot join patches: ${
          formatShape(x.shape)
        } are not the ${p} x ${p} pixels of ${height} x ${width} images`,
      );
    }
    return [f32(b, height, width, size / (p * p))];
  },
  lower: ({ inputs: [x], outputs: [out], attrs }) => [
    kernel({ x, out, images: out.spec.shape, patchSize: attrs.patchSize, join: true }),
  ],
  backward: ({ grads: [g], attrs }) => [patchify(g!, attrs)],
  reference: ([x], { patchSize }, [out]) => [
    moved(x, { images: out.shape, patchSize, shape: out.shape, join: true }),
  ],
  flops: () => 0,
  cases: [
    joinCase("one element", [1, 1, 1], [1, 1, 1]),
    joinCase("colours", [2, 6, 12], [4, 6, 2]),
    joinCase("odd", [2, 3, 9], [3, 9, 3]),
    joinCase("whole vec4s", [2, 4, 32], [4, 4, 2]),
    joinCase("empty batch", [0, 1, 48], [4, 4, 4]),
    { ...joinCase("above a workgroup", [3, 16, 48], [16, 16, 4]), large: true },
  ],
};

function patchCase(name: string, images: Shape, patchSize: number): OpCase<PatchifyAttrs> {
  return { name, inputs: [f32(...images)], attrs: { patchSize } };
}

function joinCase(
  name: string,
  patches: Shape,
  [height, width, patchSize]: [number, number, number],
): OpCase<JoinAttrs> {
  return { name, inputs: [f32(...patches)], attrs: { height, width, patchSize } };
}

function kernel(
  { x, out, images, patchSize: P, join }: {
    x: Operand;
    out: Operand;
    images: Shape;
    patchSize: number;
    join: boolean;
  },
): Kernel {
  const [, height, width, C] = images;
  const COUNT = vec4Count(out.spec.shape), SIZE = P * P * C;
  return {
    label: join ? "join_patches" : "patchify",
    source: fillTemplate(source, {
      consts: {
        COUNT,
        ROWS: height / P,
        COLUMNS: width / P,
        P,
        C,
        C4: rowVec4s([C]),
        SIZE,
        SIZE4: rowVec4s([SIZE]),
        JOIN: join ? 1 : 0,
      },
    }),
    bindings: [{ operand: x, kind: "read" }, { operand: out, kind: "read_write" }],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
    leading: true,
  };
}

/** Element by element, where images and patches hold the same one. */
function moved(
  x: NdArray,
  { images, patchSize: p, shape, join }: { images: Shape; patchSize: number; shape: Shape; join: boolean },
): NdArray {
  const [, height, width, channels] = images;
  const data = new Float64Array(sizeOf(shape));
  for (let image = 0; image < data.length; image++) {
    const c = image % channels, column = Math.floor(image / channels) % width;
    const line = Math.floor(image / (channels * width)) % height;
    const b = Math.floor(image / (channels * width * height));
    const token = Math.floor(line / p) * (width / p) + Math.floor(column / p);
    const patch = ((b * (height / p) * (width / p) + token) * p * p + line % p * p + column % p) * channels +
      c;
    if (join) data[image] = x.data[patch];
    else data[patch] = x.data[image];
  }
  return { shape, data };
}

/**
 * Cuts images into square patches, row by row; a patch's numbers are in the order (row, column, channel).
 *
 * @param x [B, H, W, C].
 * @returns [B, T, P * P * C], T = H / P * W / P.
 * @throws {RangeError} If the height or the width is not divisible by the size of the patches.
 */
export function patchify(x: Value, { patchSize }: { readonly patchSize: number }): Tensor {
  return record(patchifyOp, [x], { patchSize })[0];
}

/**
 * Assembles images from their patches, the inverse of {@linkcode patchify}.
 *
 * @param x [B, T, P * P * C].
 * @returns [B, height, width, C].
 * @throws {RangeError} If there are not as many patches, or not of that size.
 */
export function joinPatches(
  x: Value,
  { patchSize, height, width }: {
    readonly patchSize: number;
    readonly height: number;
    readonly width: number;
  },
): Tensor {
  return record(joinPatchesOp, [x], { patchSize, height, width })[0];
}
