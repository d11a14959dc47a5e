/** Random crops of random size, resized to the size of the image. */

import { type U32x4, uniform01 } from "../../common/random.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import {
  applyAugmentation,
  type AugmentationAttrs,
  augmentationCase,
  checkSetting,
  defineAugmentation,
  type Size,
} from "./_augmentation.ts";
import { wgslFloat } from "./elementwise.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./random_resized_crop.wgsl" with { type: "text" };

/** Range of a box's share of the image's area. */
export interface ResizedCropScale {
  /** Above 0. */
  readonly minScale: number;
  /** At most 1. */
  readonly maxScale: number;
}

/** A box within an image, in pixels. */
export interface CropBox extends Size {
  readonly top: number;
  readonly left: number;
}

/** Aspect ratios (width by height) lie between 3/4 and 4/3. */
const ASPECT = 4 / 3, TRIES = 10;

/** out [B, H, W, 3]. Inputs: images, example numbers [B], step []. */
export const randomResizedCropOp = defineAugmentation<AugmentationAttrs & ResizedCropScale>({
  name: "random_resized_crop",
  verb: "crop and resize images",
  source,
  unit: "row",
  fill: ({ minScale, maxScale }, size) => {
    const { height: FALL_H, width: FALL_W } = centralBox(size);
    const floats = { MIN_SCALE: minScale, SCALE_SPAN: maxScale - minScale, LOG_ASPECT: Math.log(ASPECT) };
    const text = Object.fromEntries(Object.entries(floats).map(([name, v]) => [name, wgslFloat(v)]));
    return { consts: { FALL_H, FALL_W }, text };
  },
  check: ({ minScale, maxScale }) => {
    if (!(minScale > 0)) {
      throw new RangeError(`Cannot crop and resize images: minScale must be above 0, got ${minScale}`);
    }
    checkSetting("crop and resize images", { maxScale }, { min: minScale, max: 1 });
  },
  apply: ({ pixels, height, width, draw, attrs }) =>
    stretch(pixels, { height, width, box: cropBox(attrs, { height, width, draw }) }),
  cases: [
    augmentationCase("one pixel", { shape: [1, 1, 1], minScale: 0.5, maxScale: 1 }),
    augmentationCase("images", { shape: [30, 8, 8], minScale: 0.08, maxScale: 1 }),
    augmentationCase("mostly the centre", { shape: [20, 12, 3], minScale: 0.9, maxScale: 1 }),
    augmentationCase("the whole", { shape: [3, 5, 5], minScale: 1, maxScale: 1 }),
    augmentationCase("empty batch", { shape: [0, 2, 2], minScale: 0.2, maxScale: 1 }),
  ],
});

/**
 * Crops a box out of each image and stretches it to the image's size, bilinearly. The box's share of the area is uniform
 * in [minScale, maxScale], the logarithm of its aspect ratio uniform between those of 3/4 and 4/3, its place uniform;
 * where ten tries give no box that fits, the largest central one of an allowed aspect ratio. An example's box depends on
 * its number, the step and the stream alone. Source: torchvision's RandomResizedCrop. A box is never larger than the
 * image, so antialiasing would change nothing.
 *
 * @param images [B, H, W, 3].
 * @returns [B, H, W, 3].
 * @throws {RangeError} If not 0 < minScale <= maxScale <= 1, or the shapes do not fit together.
 */
export function randomResizedCrop(
  images: Value,
  options: ResizedCropScale & { readonly random: RandomSource },
): Tensor {
  return applyAugmentation(randomResizedCropOp, images, options);
}

/** The box of an example, from its random words: those of block `t` for try `t`. */
export function cropBox(
  { minScale, maxScale }: ResizedCropScale,
  { height, width, draw }: Size & { readonly draw: (block: number) => U32x4 },
): CropBox {
  for (let t = 0; t < TRIES; t++) {
    const [x, y, z, w] = draw(t);
    const area = height * width * (minScale + uniform01(x) * (maxScale - minScale));
    const aspect = Math.exp(Math.log(ASPECT) * (2 * uniform01(y) - 1));
    const box = {
      height: Math.floor(Math.sqrt(area / aspect) + 0.5),
      width: Math.floor(Math.sqrt(area * aspect) + 0.5),
    };
    if (box.height < 1 || box.height > height || box.width < 1 || box.width > width) continue;
    const top = Math.floor(z / 2 ** 32 * (height - box.height + 1));
    return { ...box, top, left: Math.floor(w / 2 ** 32 * (width - box.width + 1)) };
  }
  return centralBox({ height, width });
}

/** The largest central box of an allowed aspect ratio. */
function centralBox({ height, width }: Size): CropBox {
  const box = {
    height: Math.min(height, Math.round(width * ASPECT)),
    width: Math.min(width, Math.round(height * ASPECT)),
  };
  const top = Math.floor((height - box.height) / 2);
  return { ...box, top, left: Math.floor((width - box.width) / 2) };
}

/** The pixels of a box stretched to the size of the image, in float64. */
export function stretch(
  pixels: Float64Array,
  { height, width, box }: Size & { readonly box: CropBox },
): Float64Array {
  const out = new Float64Array(pixels.length);
  const pixel = (y: number, x: number, c: number) => pixels[3 * ((box.top + y) * width + box.left + x) + c];
  for (let y = 0; y < height; y++) {
    const [y0, y1, fy] = between(y, { size: height, source: box.height });
    for (let x = 0; x < width; x++) {
      const [x0, x1, fx] = between(x, { size: width, source: box.width });
      for (let c = 0; c < 3; c++) {
        const above = pixel(y0, x0, c) * (1 - fx) + pixel(y0, x1, c) * fx;
        const below = pixel(y1, x0, c) * (1 - fx) + pixel(y1, x1, c) * fx;
        out[3 * (y * width + x) + c] = above * (1 - fy) + below * fy;
      }
    }
  }
  return out;
}

/** The two source positions that position `at` lies between, and how far it is from the first. */
function between(
  at: number,
  { size, source }: { size: number; source: number },
): [first: number, second: number, fraction: number] {
  const place = Math.max((at + 0.5) * (source / size) - 0.5, 0);
  const first = Math.floor(place);
  return [first, Math.min(first + 1, source - 1), place - first];
}
