/** Pictures of what a training's augmentation does. */

import type { AugmentationConfig } from "../datasets/augment.ts";
import { augmentationStrip } from "../datasets/augmentation_strip.ts";
import type { Gpu } from "../engine/device/device.ts";
import type { PictureOptions, Pictures } from "./types.ts";

/**
 * Some images under each step of an augmentation and under all of them, in two views. For every paradigm: the
 * augmentation belongs to the training, not to the learner.
 *
 * @throws {RangeError} If a setting makes no sense for such images.
 */
export async function augmentationPictures(
  gpu: Gpu,
  options: PictureOptions & { readonly augmentation: AugmentationConfig },
): Promise<Pictures> {
  return {
    title: "Augmentation",
    caption:
      "Images as stored, under each step of the augmentation alone, applied to every image, and under all " +
      "of them in two draws as in training.",
    rows: await augmentationStrip(gpu, options),
  };
}
