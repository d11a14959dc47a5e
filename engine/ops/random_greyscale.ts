/** Random conversion to grey. */

import { uniform01 } from "../../common/random.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import {
  applyAugmentation,
  type AugmentationAttrs,
  augmentationCase,
  checkSetting,
  defineAugmentation,
  luma,
} from "./_augmentation.ts";
import { wgslFloat } from "./elementwise.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./random_greyscale.wgsl" with { type: "text" };

interface GreyscaleAttrs extends AugmentationAttrs {
  readonly probability: number;
}

/** out [B, H, W, 3]. Inputs: images, example numbers [B], step []. */
export const randomGreyscaleOp = defineAugmentation<GreyscaleAttrs>({
  name: "random_greyscale",
  verb: "turn images grey",
  source,
  unit: "row",
  fill: ({ probability }) => ({ text: { PROBABILITY: wgslFloat(probability) } }),
  check: ({ probability }) => checkSetting("turn images grey", { probability }, { max: 1 }),
  apply: ({ pixels, draw, attrs: { probability } }) => {
    if (uniform01(draw(0)[0]) >= probability) return pixels;
    return pixels.map((_, i) => luma(pixels[i - i % 3], pixels[i - i % 3 + 1], pixels[i - i % 3 + 2]));
  },
  cases: [
    augmentationCase("one pixel", { shape: [1, 1, 1], probability: 1 }),
    augmentationCase("half of the images", { shape: [9, 9, 7], probability: 0.5 }),
    augmentationCase("empty batch", { shape: [0, 2, 2], probability: 0.5 }),
  ],
});

/**
 * Turns each image grey with a probability: 0.2989 R + 0.587 G + 0.114 B in all three channels. Whether an example is
 * depends on its number, the step and the stream alone. Source: torchvision's RandomGrayscale, whose constants those of
 * ITU-R 601-2 are on tensors.
 *
 * @param images [B, H, W, 3] in [0, 1].
 * @returns [B, H, W, 3].
 * @throws {RangeError} If the probability is outside [0, 1], or the shapes do not fit together.
 */
export function randomGreyscale(
  images: Value,
  options: { readonly probability: number; readonly random: RandomSource },
): Tensor {
  return applyAugmentation(randomGreyscaleOp, images, options);
}
