import { assert, assertEquals, assertGreater, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import { gpuTest } from "../engine/testing/gpu.ts";
import type { Gpu } from "../engine/device/device.ts";
import type { ConstructionPart, ConstructProgress } from "./construct.ts";
import { FEATURE_SIZE, features, logits, SOURCE } from "./testing.ts";
import { featureMatching, type FeatureMatchingOptions } from "./feature_matching.ts";
import { subset, toFloat } from "./types.ts";

const OPTIONS: FeatureMatchingOptions = {
  name: "matched",
  source: SOURCE,
  count: 25,
  batchSize: 25,
  steps: 30,
  features,
  featureSize: FEATURE_SIZE,
  logits,
  stepSize: 0.1,
  radius: null,
  seed: 3,
};

const match = (gpu: Gpu, own: Partial<FeatureMatchingOptions> = {}) =>
  featureMatching(gpu, { ...OPTIONS, ...own });
const pixels = toFloat(SOURCE);
const size = 3 * 12 * 12;
const image = (values: Float32Array, i: number) => values.subarray(i * size, (i + 1) * size);

/** L2 distance in float64. */
function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((v, i) => v - b[i]));
}

gpuTest(
  "featureMatching() starts from another image and brings its features to the target's",
  async (gpu) => {
    const { set, sources, targets, l2, linf, remaining, reached } = await match(gpu);
    assertEquals([set.name, set.count, set.height, set.width], ["matched", 25, 12, 12]);
    assertEquals([...targets], [...Array(25).keys()]);
    assertEquals([...set.labels], [...SOURCE.labels.subarray(0, 25)]);
    assert(sources.every((source, i) => source !== i && source < SOURCE.count));
    assertGreater(new Set(sources).size, 12);
    assert(remaining!.every((share) => share >= 0 && share < 0.7));
    assert(reached!.every((bit) => bit === 0 || bit === 1));
    const made = toFloat(set);
    assert(made.every((v) => v >= 0 && v <= 1));
    for (let i = 0; i < 25; i++) {
      const start = image(pixels, sources[i]), target = image(pixels, i), end = image(made, i);
      assert(Math.abs(distance(end, start) - l2[i]) < 1e-5, `l2 at ${i}`);
      assert(
        Math.abs(Math.max(...end.map((v, k) => Math.abs(v - start[k]))) - linf[i]) < 1e-6,
        `linf at ${i}`,
      );
      assertLess(distance(end, target), distance(start, target));
    }
  },
);

gpuTest("featureMatching() stays within the radius, and gets less close for it", async (gpu) => {
  const free = await match(gpu);
  const bound = await match(gpu, { radius: 0.4 });
  assert(bound.l2.every((d) => d <= 0.4 + 1e-6));
  assertGreater(Math.max(...bound.l2), 0.39);
  bound.remaining!.forEach((share, i) => {
    assertLess(share, 1);
    assertGreater(share, free.remaining![i]);
  });
});

gpuTest("featureMatching() makes the same bits again, in any batch", async (gpu) => {
  const first = await match(gpu);
  assertEquals(await match(gpu), first);
  assertEquals(await match(gpu, { batchSize: 8 }), first);
  assertEquals(await match(gpu, { source: { ...SOURCE, images: pixels } }), first);
  const other = await match(gpu, { seed: 4 });
  assertNotEquals(other.sources, first.sources);
  assertNotEquals(other.set.sha256, first.set.sha256);
});

gpuTest("featureMatching() continues from the batches that an earlier process made", async (gpu) => {
  const given = { steps: 3, batchSize: 10 }, parts: ConstructionPart[] = [];
  const keep = ({ part }: ConstructProgress) => void parts.push(structuredClone(part));
  const whole = await match(gpu, { ...given, onProgress: keep });
  for (const from of parts.slice(-2)) assertEquals(await match(gpu, { ...given, from }), whole);
});

gpuTest("featureMatching() has nothing left to do where two images are the same", async (gpu) => {
  const twins = subset(SOURCE, 2);
  twins.images.copyWithin(size, 0, size);
  const { remaining, l2 } = await match(gpu, { source: twins, count: 2, batchSize: 2, steps: 3 });
  assertEquals([...remaining!, ...l2], [0, 0, 0, 0]);
});

gpuTest("featureMatching() works without a classifier and frees what it took", async (gpu) => {
  await match(gpu, { steps: 1 });
  const before = gpu.buffers.liveBytes;
  const { reached } = await match(gpu, { steps: 1, logits: undefined });
  assertEquals([reached, gpu.buffers.liveBytes], [null, before]);
});

gpuTest("featureMatching() refuses settings out of range", async (gpu) => {
  const refused = async (own: Partial<FeatureMatchingOptions>, part: string) => {
    const error = await assertRejects(() => match(gpu, own), RangeError);
    assert(error.message.includes(part), error.message);
  };
  await refused({ count: 41 }, "41 images asked, planted/train has 40");
  await refused({ steps: 0 }, "steps must be a positive integer, got 0");
  await refused({ batchSize: 1.5 }, "batchSize must be a positive integer, got 1.5");
  await refused({ source: subset(SOURCE, 1), count: 1 }, "each image starts from another, got 1 image");
});
