/** Pictures of what a paradigm does, for the report. */

import { isNoAugmentation } from "../../datasets/augment.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { augmentationPictures } from "../../paradigms/augmentation_pictures.ts";
import type { Pictures } from "../../paradigms/types.ts";
import { IMAGES_VERSION, type PictureSheets } from "../records/mod.ts";
import { base64Of } from "./encode_image.ts";
import type { TrainTask } from "./task.ts";

/** Saves the paradigm's pictures and a strip of its augmentation, where it has any: of natural images only. */
export async function savePictures(gpu: Gpu, task: TrainTask): Promise<void> {
  const { cell, context, dataset, learner } = task;
  const count = cell.config.examples;
  if (count === 0 || cell.featureSet !== "natural" || cell.config.adversary !== null) return;
  const sheets: Pictures[] = [], options = { set: dataset.test, count, seed: cell.seed };
  const { augmentation } = cell.config.training;
  if (!isNoAugmentation(augmentation)) {
    sheets.push(await augmentationPictures(gpu, { ...options, augmentation, set: dataset.train }));
  }
  const own = await learner.pictures?.(gpu, options);
  if (own !== undefined) sheets.push(own);
  if (sheets.length === 0) return;
  const file: PictureSheets = {
    schemaVersion: IMAGES_VERSION,
    sheets: sheets.map(({ title, caption, rows }) => ({
      title,
      caption,
      rows: rows.map(({ label, images }) => ({
        label,
        images: images.map((picture) => ({
          height: picture.height,
          width: picture.width,
          rgb: base64Of(picture),
        })),
      })),
    })),
  };
  await context.artifact("pictures", "pictures.json", new TextEncoder().encode(JSON.stringify(file) + "\n"));
}
