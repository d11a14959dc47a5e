/** Random horizontal flips. */

import type { Tensor, Value } from "../graph/tensor.ts";
import { applyAugmentation, augmentationCase, defineAugmentation } from "./_augmentation.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./random_flip.wgsl" with { type: "text" };

/** out [B, H, W, 3]. Inputs: images, example numbers [B], step []. */
export const randomFlipOp = defineAugmentation({
  name: "random_flip",
  verb: "flip images",
  source,
  unit: "row",
  fill: () => ({}),
  check: () => {},
  apply: ({ pixels, height, width, draw }) => {
    if (draw(0)[2] >>> 31 === 0) return pixels;
    const out = new Float64Array(pixels.length);
    for (let i = 0; i < height * width; i++) {
      const mirror = i - i % width + width - 1 - i % width;
      out.set(pixels.subarray(3 * mirror, 3 * mirror + 3), 3 * i);
    }
    return out;
  },
  cases: [
    augmentationCase("one pixel", { shape: [1, 1, 1] }),
    augmentationCase("odd width", { shape: [9, 9, 7] }),
    augmentationCase("empty batch", { shape: [0, 2, 2] }),
  ],
});

/**
 * Mirrors each image left to right with probability one half. An example's side depends on its number, the step and
 * the stream alone. Source: torchvision's RandomHorizontalFlip.
 *
 * @param images [B, H, W, 3].
 * @returns [B, H, W, 3].
 * @throws {RangeError} If the shapes do not fit together.
 */
export function randomFlip(images: Value, { random }: { random: RandomSource }): Tensor {
  return applyAugmentation(randomFlipOp, images, { random });
}
