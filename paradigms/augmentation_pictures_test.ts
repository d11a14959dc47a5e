import { assertEquals } from "@std/assert";
import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { FEW } from "./_testing.ts";
import { augmentationPictures } from "./augmentation_pictures.ts";

gpuTest("augmentationPictures() has a row for each step that is on and two views", async (gpu) => {
  const augmentation = { ...NO_AUGMENTATION, cropPadding: 2, flip: true };
  const { rows } = await augmentationPictures(gpu, { set: FEW, count: 4, seed: 0, augmentation });
  assertEquals(rows.map(({ label }) => label), ["as stored", "padded crop", "flip", "view 1", "view 2"]);
  assertEquals(rows.map(({ images }) => images.length), [4, 4, 4, 4, 4]);
});
