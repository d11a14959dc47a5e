import { assert, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { subset, toFloat } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor, trace } from "../engine/graph/graph.ts";
import { adamw } from "../engine/optim/adamw.ts";
import { constant } from "../engine/optim/schedules.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { absentTokens } from "../engine/ops/scatter_tokens.ts";
import { randomOrder } from "../engine/ops/random_order.ts";
import { goldenTests } from "./_golden_test.ts";
import { DATA, DATA_SIZES, releaseAll, SMALL_MAE, smallTrainer } from "./_testing.ts";
import { mae, type MaeConfig } from "./mae.ts";
import type { Learner } from "./types.ts";

const TOKENS = 16, KEPT = 4;

/** A masked autoencoder of two small blocks for images of 12 x 12: 16 patches, 4 of them visible. */
function smallMae(own: Partial<MaeConfig> = {}): Learner {
  return mae.create({ ...SMALL_MAE, ...own }, { ...DATA_SIZES, seed: 0 });
}

goldenTests({
  name: "mae",
  create: () => smallMae(),
  file: new URL("./mae_golden.json", import.meta.url),
  learningRate: 0.05,
  rtol: 1e-4,
});

/** The hidden patches of the examples, in the order of `random("mask")`; by the reference. */
function masks(examples: readonly number[], epoch = 0): number[][] {
  const { graph, result } = trace(() => {
    const random = randomFor(examples, epoch);
    return absentTokens(randomOrder({ count: TOKENS, take: KEPT, random }), { tokens: TOKENS });
  });
  const { data } = evaluateReference(graph, [result])[0];
  return examples.map((_, b) => [...data.subarray(b * TOKENS, (b + 1) * TOKENS)]);
}

function randomFor(examples: readonly number[], epoch: number) {
  return {
    examples: new Variable("examples", u32(examples.length), Uint32Array.from(examples)),
    step: new Variable("epoch", u32(), Uint32Array.of(epoch)),
    stream: stream(0, "training/mask"),
  };
}

/** The loss of images [B, 12, 12, 3] as the given examples; by the references. */
function lossOf(learner: Learner, pixels: Float32Array, examples: readonly number[], epoch = 0): number {
  const images = new Variable("images", f32(examples.length, 12, 12, 3), pixels);
  const labels = new Variable("labels", u32(examples.length));
  const { graph, result } = trace(() =>
    learner.loss({
      images: asTensor(images),
      labels,
      view: () => asTensor(images),
      random: (purpose) => {
        assertEquals(purpose, "mask");
        return randomFor(examples, epoch);
      },
    }).loss
  );
  return evaluateReference(graph, [result])[0].data[0];
}

/** Images with random pixels. */
function noise(count: number): Float32Array {
  return stream(1, "images").fillUniform(0, new Float32Array(count * 432));
}

Deno.test("mae counts hidden patches only: a visible pixel's target has no influence", () => {
  // A last layer without weights predicts the same whatever the encoder sees: pixels enter as targets alone.
  const learner = smallMae();
  const blind = learner.parameters.find(({ name }) => name === "decoder_pred.weight")!;
  blind.initial.fill(0);
  const pixels = noise(1), [mask] = masks([5]);
  const before = lossOf(learner, pixels, [5]);
  for (let patch = 0; patch < TOKENS; patch++) {
    const y = 3 * Math.floor(patch / 4) + 1, x = 3 * (patch % 4) + 2;
    const changed = pixels.slice();
    changed[(y * 12 + x) * 3 + 1] += 0.25;
    const after = lossOf(learner, changed, [5]);
    if (mask[patch] === 1) assertNotEquals(after, before);
    else assertEquals(after, before);
  }
});

Deno.test("mae does not let the encoder see hidden patches", () => {
  const learner = smallMae();
  const seen = (pixels: Float32Array) => {
    const images = new Variable("images", f32(1, 12, 12, 3), pixels);
    const labels = new Variable("labels", u32(1));
    const { graph } = trace(() =>
      learner.loss({
        images: asTensor(images),
        labels,
        view: () => asTensor(images),
        random: () => randomFor([5], 0),
      })
    );
    const decoderInput = graph.nodes.find(({ op }) => op.name === "scatter_tokens")!.outputs[0];
    return [...evaluateReference(graph, [decoderInput])[0].data];
  };
  const pixels = noise(1), [mask] = masks([5]);
  const before = seen(pixels);
  for (const patch of [mask.indexOf(1), mask.lastIndexOf(1), mask.indexOf(0)]) {
    const changed = pixels.slice();
    changed[(3 * Math.floor(patch / 4) * 12 + 3 * (patch % 4)) * 3] += 0.25;
    if (mask[patch] === 1) assertEquals(seen(changed), before);
    else assertNotEquals(seen(changed), before);
  }
});

Deno.test("mae hides other patches by example and epoch, and not by batch", () => {
  const [mask] = masks([5]);
  assertEquals(mask.reduce((a, b) => a + b), TOKENS - KEPT);
  assertEquals(masks([1, 2, 5])[2], mask);
  assertNotEquals(masks([6])[0], mask);
  assertNotEquals(masks([5], 1)[0], mask);
  const learner = smallMae(), pixels = noise(2);
  const [first, second] = [pixels.subarray(0, 432), pixels.subarray(432)];
  const mean = (lossOf(learner, first, [5]) + lossOf(learner, second, [9])) / 2;
  assert(Math.abs(lossOf(learner, pixels, [5, 9]) - mean) < 1e-12);
  assertNotEquals(lossOf(learner, first, [5]), lossOf(learner, first, [6]));
  assertNotEquals(lossOf(learner, first, [5]), lossOf(learner, first, [5], 1));
});

gpuTest("mae learns to paint one repeated batch", async (gpu) => {
  const learner = smallMae({ normalisePixels: true });
  const trainer = await smallTrainer(gpu, learner, {
    set: subset(DATA.train, 16),
    optimizer: adamw({ weightDecay: 0.05 }),
    schedule: constant({ lr: 3e-3 }),
    augmentation: undefined,
  });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 100; epoch++) losses.push((await trainer.epoch()).losses[0]);
  trainer.dispose();
  releaseAll(gpu, learner);
  const last = losses.slice(-10).reduce((a, b) => a + b) / 10;
  assertLess(last, 0.8 * losses[0]);
});

/** Features of the first images of the test set. */
async function featuresOf(gpu: Gpu, learner: Learner, count: number): Promise<Float32Array> {
  const pixels = toFloat(subset(DATA.test, count));
  const images = new Variable("images", f32(count, 12, 12, 3), pixels);
  const program = await Program.compile(
    gpu,
    "features",
    () => ({ features: learner.features(asTensor(images)) }),
  );
  program.run();
  const features = await program.read("features") as Float32Array;
  program.dispose();
  return features;
}

gpuTest("mae's features are an image's own, whatever is in its batch", async (gpu) => {
  const found: Float32Array[] = [];
  for (const pooling of ["cls", "mean"] as const) {
    const learner = smallMae({ pooling });
    const alone = await featuresOf(gpu, learner, 1), among = await featuresOf(gpu, learner, 5);
    assertEquals(learner.featureSize, 16);
    assertEquals(alone.length, 16);
    assertEquals(among.slice(0, 16), alone);
    assertNotEquals(among.slice(16, 32), alone);
    found.push(alone);
    releaseAll(gpu, learner);
  }
  assertNotEquals(found[0], found[1]);
});

gpuTest("mae's pictures keep visible patches, and paint the hidden ones", async (gpu) => {
  for (const normalisePixels of [false, true]) {
    const learner = smallMae({ normalisePixels });
    const { rows } = await learner.pictures!(gpu, { set: DATA.test, count: 3, seed: 0 });
    assertEquals(rows.map(({ label }) => label), ["image", "masked", "reconstruction"]);
    const feed = toFloat(DATA.test);
    rows[0].images.forEach(({ height, width, pixels }, b) => {
      assertEquals([height, width], [12, 12]);
      const masked = rows[1].images[b].pixels, painted = rows[2].images[b].pixels;
      let grey = 0;
      for (let i = 0; i < pixels.length; i++) {
        const original = feed[b * 432 + (i % 3) * 144 + Math.floor(i / 3)];
        assert(Math.abs(pixels[i] - original) < 1e-6);
        if (masked[i] === 0.5) grey++;
        else assertEquals([masked[i], painted[i]], [pixels[i], pixels[i]]);
      }
      assertEquals(grey, 432 * (TOKENS - KEPT) / TOKENS);
      assert(painted.some((v, i) => v !== pixels[i] && v !== 0.5));
    });
    releaseAll(gpu, learner);
  }
});
