import { assertEquals, assertNotEquals } from "@std/assert";
import { gpuTest } from "../engine/testing/gpu.ts";
import { SOURCE } from "./testing.ts";
import { NO_AUGMENTATION } from "./augment.ts";
import { augmentationStrip } from "./augmentation_strip.ts";

gpuTest("augmentationStrip() shows the images, each step that is on, and two views", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const augmentation = {
    ...NO_AUGMENTATION,
    resizedCrop: { minScale: 0.2, maxScale: 0.6 },
    greyscale: 0.01,
  };
  const rows = await augmentationStrip(gpu, { set: SOURCE, augmentation, count: 3, seed: 0 });
  assertEquals(rows.map(({ label }) => label), [
    "as stored",
    "resized crop",
    "greyscale",
    "view 1",
    "view 2",
  ]);
  for (const { images } of rows) {
    assertEquals(images.map(({ height, width, pixels }) => [height, width, pixels.length]), [
      [12, 12, 432],
      [12, 12, 432],
      [12, 12, 432],
    ]);
  }
  const pixels = (row: number) => rows[row].images.map(({ pixels }) => pixels);
  const stored = Float32Array.from(SOURCE.images.subarray(0, 4), (byte) => byte / 255);
  assertEquals(pixels(0)[0].filter((_, i) => i % 3 === 0).subarray(0, 4), stored);
  assertNotEquals(pixels(1), pixels(0));
  assertEquals(pixels(2).every((image) => image.every((v, i) => v === image[i - i % 3])), true);
  assertNotEquals(pixels(3), pixels(4));
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("augmentationStrip() shows no more images than there are", async (gpu) => {
  const rows = await augmentationStrip(gpu, {
    set: SOURCE,
    augmentation: NO_AUGMENTATION,
    count: 99,
    seed: 0,
  });
  assertEquals(rows.map(({ images }) => images.length), [40, 40, 40]);
});
