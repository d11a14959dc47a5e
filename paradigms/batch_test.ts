import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type AugmentationConfig, NO_AUGMENTATION } from "../datasets/augment.ts";
import { Feed } from "../datasets/feed.ts";
import { randomImages } from "../engine/ops/random_images.ts";
import { Program } from "../engine/program/program.ts";
import type { Gpu } from "../engine/device/device.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { batchOf } from "./batch.ts";
import { FEW } from "./_testing.ts";

const CROPPED = { ...NO_AUGMENTATION, cropPadding: 2 };

/** Two views, the stored images and a random number per example of a batch in a given epoch. */
async function drawn(
  gpu: Gpu,
  { augmentation, examples, epoch = 0, seed = 0 }: {
    augmentation: AugmentationConfig;
    examples: number[];
    epoch?: number;
    seed?: number;
  },
) {
  const feed = new Feed(gpu, FEW, { batchSize: examples.length });
  const program = await Program.compile(gpu, "batch", () => {
    const batch = batchOf(feed, { augmentation, seed });
    const noise = randomImages([1, 1, 3], { ...batch.random("noise"), distribution: "normal" });
    return { images: batch.images, first: batch.view(0), second: batch.view(1), noise };
  });
  feed.load(Uint32Array.from(examples), { epoch });
  program.run();
  const read = async (name: string) => [...await program.read(name)];
  const found = {
    images: await read("images"),
    first: await read("first"),
    second: await read("second"),
    noise: await read("noise"),
  };
  program.dispose();
  feed.dispose();
  return found;
}

for (
  const [name, augmentation] of [
    ["crops while decoding", CROPPED],
    ["a pipeline of steps", { ...CROPPED, greyscale: 0.5 }],
  ] as const
) {
  gpuTest(`batchOf() draws views by example, epoch and seed alone: ${name}`, async (gpu) => {
    const both = await drawn(gpu, { augmentation, examples: [5, 9] });
    const alone = await drawn(gpu, { augmentation, examples: [9] });
    const half = both.first.length / 2;
    for (const key of ["images", "first", "second"] as const) assertEquals(both[key].slice(half), alone[key]);
    assertEquals(both.noise.slice(3), alone.noise);
    assertNotEquals(both.first, both.second);
    assertNotEquals(both.first, both.images);
    for (const other of [{ epoch: 1 }, { seed: 1 }]) {
      const found = await drawn(gpu, { augmentation, examples: [5, 9], ...other });
      assertNotEquals(found.first, both.first);
      assertNotEquals(found.noise, both.noise);
      assertEquals(found.images, both.images);
    }
  });
}

gpuTest("batchOf() leaves images as they are where nothing is to be augmented", async (gpu) => {
  const { images, first, second } = await drawn(gpu, { augmentation: NO_AUGMENTATION, examples: [1, 2, 3] });
  assertEquals([first, second], [images, images]);
  assert(images.some((v) => v > 0));
});
