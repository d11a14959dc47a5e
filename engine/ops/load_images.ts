/** Loading a batch of images from stored pixels: decoding, random crop and mirroring in one pass. */

import { record } from "../graph/graph.ts";
import type { NdArray, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { philox4x32, type Stream, type U32x2 } from "../../common/random.ts";
import { f32, formatShape, lastDim, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import source from "./load_images.wgsl" with { type: "text" };

interface LoadAttrs {
  readonly [key: string]: unknown;
  readonly height: number;
  readonly width: number;
  /** Whether pixels are bytes packed four to a word, or float32. */
  readonly bytes: boolean;
  readonly cropPadding: number;
  readonly flip: boolean;
  /** Of the augmentation's stream. */
  readonly key: U32x2;
}

/**
 * out [B, H, W, 3] in [0, 1]. Inputs: pixels [B, 3 H W] float32 or [B, 3 H W / 4] packed bytes (NCHW), example
 * numbers [B], epoch []. Crop after zero padding, then mirroring with probability one half: the order of
 * torchvision's RandomCrop and RandomHorizontalFlip.
 */
export const loadImagesOp: OpDef<LoadAttrs> = {
  name: "load_images",
  shape: ([pixels, examples], { height, width, bytes }) => {
    const words = 3 * height * width / (bytes ? 4 : 1);
    const [batch, given] = pixels.shape;
    if (given !== words || pixels.dtype !== (bytes ? "u32" : "f32") || examples.shape[0] !== batch) {
      throw new RangeError(
        `Cannot load images: expected ${
          bytes ? "u32" : "f32"
        } [${batch}, ${words}] for ${height}x${width} and [${batch}] ` +
          `example numbers, got ${pixels.dtype} ${formatShape(pixels.shape)} and ${
            formatShape(examples.shape)
          }`,
      );
    }
    return [f32(batch, height, width, 3)];
  },
  lower: ({ inputs: [pixels, examples, epoch], outputs: [out], attrs }) => {
    const { height: H, width: W, bytes, cropPadding: PAD, flip, key: [KEY0, KEY1] } = attrs;
    const COUNT = pixels.spec.shape[0] * H * W;
    const STRIDE = Math.ceil(lastDim(pixels.spec.shape) / 4) * 4 * (bytes ? 4 : 1);
    return [{
      label: "load_images",
      source: fillTemplate(source, {
        consts: {
          COUNT,
          STRIDE,
          H,
          W,
          PAD,
          KEY0,
          KEY1,
          BYTES: bytes ? 1 : 0,
          FLIP: flip ? 1 : 0,
          AUGMENT: flip || PAD > 0 ? 1 : 0,
        },
        text: { BYTES_OR_FLOATS: bytes ? "u32" : "f32" },
        include: [philoxSource],
      }),
      bindings: [
        ...[pixels, examples, epoch].map((operand) => ({ operand, kind: "read" as const })),
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
    }];
  },
  backward: null,
  reference: ([pixels, examples, epoch], attrs, [out]) => {
    const { height, width, cropPadding: pad, flip, key } = attrs;
    const data = new Float64Array(examples.data.length * height * width * 3);
    examples.data.forEach((example, b) => {
      const bits = philox4x32([example, epoch.data[0], 0, 0], key);
      const mirrored = flip && bits[2] >>> 31 === 1;
      const [dy, dx] = [bits[0], bits[1]].map((word) => Math.floor(word / 2 ** 32 * (2 * pad + 1)) - pad);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const iy = y + dy, ix = (mirrored ? width - 1 - x : x) + dx;
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
          for (let c = 0; c < 3; c++) {
            const at = (c * height + iy) * width + ix;
            data[((b * height + y) * width + x) * 3 + c] = pixelAt({ pixels, b, at, bytes: attrs.bytes });
          }
        }
      }
    });
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: [
    {
      name: "bytes, as they are",
      ...loadCase({ b: 3, h: 4, w: 6, bytes: true, cropPadding: 0, flip: false }),
    },
    { name: "bytes, cropped", ...loadCase({ b: 9, h: 8, w: 8, bytes: true, cropPadding: 2, flip: false }) },
    {
      name: "bytes, cropped and mirrored",
      ...loadCase({ b: 70, h: 4, w: 4, bytes: true, cropPadding: 1, flip: true }),
    },
    { name: "floats, mirrored", ...loadCase({ b: 9, h: 3, w: 5, bytes: false, cropPadding: 0, flip: true }) },
    {
      name: "floats, one image",
      ...loadCase({ b: 1, h: 1, w: 1, bytes: false, cropPadding: 1, flip: true }),
    },
  ],
};

/** Decoding and augmentation of a batch. */
export interface LoadOptions {
  readonly height: number;
  readonly width: number;
  /** Numbers of the examples in their data set, [B]. */
  readonly examples: Value;
  /** [] u32. */
  readonly epoch: Value;
  /** Pixels of zero padding before the random crop; 0 for none. */
  readonly cropPadding?: number;
  /** Whether to mirror with probability one half. */
  readonly flip?: boolean;
  /** The source of the augmentation's random numbers. */
  readonly stream: Stream;
}

/**
 * Turns stored pixels into a batch of images: decoding, zero padding, random crop, random mirroring, in one pass. An
 * example's crop and side depend on its number, the epoch and the stream alone, not on its batch. Source of the
 * augmentation: torchvision's RandomCrop with padding, then RandomHorizontalFlip.
 *
 * @param pixels NCHW: [B, 3 H W] float32 in [0, 1], or [B, 3 H W / 4] u32, four bytes to a word.
 * @returns [B, H, W, 3] in [0, 1].
 * @throws {RangeError} If the pixels are not those of `examples.length` images of that size.
 */
export function loadImages(pixels: Value, options: LoadOptions): Tensor {
  const { height, width, examples, epoch, cropPadding = 0, flip = false, stream } = options;
  const attrs = { height, width, bytes: pixels.spec.dtype === "u32", cropPadding, flip, key: stream.key };
  return record(loadImagesOp, [pixels, examples, epoch], attrs)[0];
}

function pixelAt(
  { pixels, b, at, bytes }: { pixels: NdArray; b: number; at: number; bytes: boolean },
): number {
  const row = b * pixels.shape[1];
  return bytes ? ((pixels.data[row + (at >> 2)] >>> (8 * (at % 4))) & 0xff) / 255 : pixels.data[row + at];
}

function loadCase(
  c: { b: number; h: number; w: number; bytes: boolean; cropPadding: number; flip: boolean },
) {
  const words = 3 * c.h * c.w / (c.bytes ? 4 : 1);
  return {
    inputs: [c.bytes ? u32(c.b, words) : f32(c.b, words), u32(c.b), u32()],
    attrs: {
      height: c.h,
      width: c.w,
      bytes: c.bytes,
      cropPadding: c.cropPadding,
      flip: c.flip,
      key: [0x12345678, 0x9abcdef0] as const,
    },
    below: 2 ** 32,
  };
}
