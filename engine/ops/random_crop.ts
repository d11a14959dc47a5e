/** Random crops after zero padding. */

import type { Tensor, Value } from "../graph/tensor.ts";
import {
  applyAugmentation,
  type AugmentationAttrs,
  augmentationCase,
  defineAugmentation,
} from "./_augmentation.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./random_crop.wgsl" with { type: "text" };

interface CropAttrs extends AugmentationAttrs {
  /** Pixels of zero padding before a crop of the image's own size. */
  readonly padding: number;
}

/** out [B, H, W, 3]. Inputs: images, example numbers [B], step []. */
export const randomCropOp = defineAugmentation<CropAttrs>({
  name: "random_crop",
  verb: "crop images",
  source,
  unit: "row",
  fill: ({ padding }) => ({ consts: { PAD: padding } }),
  check: ({ padding }) => {
    if (!Number.isSafeInteger(padding) || padding < 0) {
      throw new RangeError(
        `Cannot crop images: the padding must be a whole number from 0 up, got ${padding}`,
      );
    }
  },
  apply: ({ pixels, height, width, draw, attrs: { padding } }) => {
    const [dy, dx] = draw(0).map((word) => Math.floor(word / 2 ** 32 * (2 * padding + 1)) - padding);
    const out = new Float64Array(pixels.length);
    for (let i = 0; i < height * width; i++) {
      const y = Math.floor(i / width) + dy, x = i % width + dx;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      const from = 3 * (y * width + x);
      out.set(pixels.subarray(from, from + 3), 3 * i);
    }
    return out;
  },
  cases: [
    augmentationCase("one pixel", { shape: [1, 1, 1], padding: 1 }),
    augmentationCase("odd width", { shape: [9, 9, 7], padding: 2 }),
    augmentationCase("more padding than image", { shape: [5, 2, 3], padding: 4 }),
    augmentationCase("empty batch", { shape: [0, 2, 2], padding: 1 }),
  ],
});

/**
 * Pads images with zeros and takes random crops of the original size: a shift by up to `padding` pixels in each
 * direction. An example's shift depends on its number, the step and the stream alone. Source: torchvision's RandomCrop
 * with padding.
 *
 * @param images [B, H, W, 3].
 * @returns [B, H, W, 3].
 * @throws {RangeError} If the padding is no whole number from 0 up, or the shapes do not fit together.
 */
export function randomCrop(
  images: Value,
  options: { readonly padding: number; readonly random: RandomSource },
): Tensor {
  return applyAugmentation(randomCropOp, images, options);
}
