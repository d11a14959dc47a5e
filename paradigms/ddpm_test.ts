import {
  assert,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { subset } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { gradients } from "../engine/autograd/autograd.ts";
import { asTensor, trace } from "../engine/graph/graph.ts";
import { sumAll } from "../engine/ops/reduce_sum.ts";
import { stream } from "../common/random.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { constant } from "../engine/optim/schedules.ts";
import { adam } from "../engine/optim/adam.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { goldenTests } from "./_golden_test.ts";
import { DATA, DATA_SIZES, releaseAll, smallTrainer, valuesOf } from "./_testing.ts";
import { ddpm, type DdpmConfig } from "./ddpm.ts";
import { extractFeatures } from "./features.ts";
import type { Trainer } from "./train.ts";
import type { Learner } from "./types.ts";

/** Both levels have one width, so that few shaders have to be compiled. */
const CONFIG: DdpmConfig = {
  base: 8,
  multipliers: [1, 1],
  blocks: 1,
  attentionLevels: [1],
  heads: 2,
  groups: 4,
  dropout: 0.1,
  timesteps: 50,
  betaSchedule: "cosine",
  ema: 0.9,
  featureBlock: "out_2",
  featureTimestep: 4,
  featureNoise: "fixed",
  pixelRange: [0, 1],
  sampleSteps: 5,
};

const create = (own: Partial<DdpmConfig> = {}, seed = 0): Learner =>
  ddpm.create({ ...CONFIG, ...own }, { ...DATA_SIZES, seed });

goldenTests({
  name: "ddpm",
  create,
  file: new URL("./ddpm_golden.json", import.meta.url),
  learningRate: 0.05,
  rtol: 1e-4,
});

/** One batch of 16 images, over and over. */
function trainOnOneBatch(gpu: Gpu, learner: Learner, lr: number): Promise<Trainer> {
  return smallTrainer(gpu, learner, {
    set: subset(DATA.train, 16),
    optimizer: adam(),
    schedule: constant({ lr }),
    augmentation: undefined,
  });
}

gpuTest("ddpm.loss() starts at the noise's variance and falls on one repeated batch", async (gpu) => {
  const learner = create({ dropout: 0 });
  const trainer = await trainOnOneBatch(gpu, learner, 5e-3);
  const losses: number[] = [];
  for (let epoch = 0; epoch < 40; epoch++) losses.push((await trainer.epoch()).loss);
  trainer.dispose();
  releaseAll(gpu, learner);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  // 16 images of 432 numbers each: their noise has a variance of 1 within 2 %.
  assertClose("first loss", [losses[0]], { expected: [1], atol: 0.06, rtol: 0 });
  assertLess(mean(losses.slice(-10)), 0.6 * losses[0]);
});

gpuTest("ddpm.features() do not depend on the rest of the batch", async (gpu) => {
  const learner = create(), set = subset(DATA.test, 7);
  const [some, all] = [
    await extractFeatures(gpu, { learner, set, batchSize: 3 }),
    await extractFeatures(gpu, { learner, set, batchSize: 7 }),
  ];
  assertEquals(learner.featureSize, 8);
  assertEquals(some, all);
  assertNotEquals(all.slice(0, 8), all.slice(8, 16));
  releaseAll(gpu, learner);
});

gpuTest(
  "ddpm.features() are those of the averaged weights, and depend on block, timestep and noise",
  async (gpu) => {
    const set = subset(DATA.test, 2);
    const of = async (own: Partial<DdpmConfig>, steps = 0) => {
      const learner = create(own);
      if (steps > 0) {
        const trainer = await trainOnOneBatch(gpu, learner, 1e-3);
        for (let step = 0; step < steps; step++) await trainer.epoch();
        trainer.dispose();
      }
      const features = await extractFeatures(gpu, { learner, set, batchSize: 2 });
      const values = await valuesOf(gpu, learner);
      releaseAll(gpu, learner);
      return { features, values };
    };
    const plain = await of({}), last = await of({ ema: 0 }, 3), mean = await of({}, 3);
    assertEquals(last.values.get("stem.weight.ema"), last.values.get("stem.weight"));
    assertNotEquals(mean.values.get("stem.weight.ema"), mean.values.get("stem.weight"));
    assertEquals(mean.values.get("stem.weight"), last.values.get("stem.weight"));
    for (
      const other of [
        last,
        mean,
        await of({ featureTimestep: 49 }),
        await of({ featureNoise: "none" }),
        await of({ featureBlock: "mid" }),
      ]
    ) {
      assertNotEquals(other.features, plain.features);
    }
    assertNotEquals(mean.features, last.features);
  },
);

gpuTest(
  "ddpm resumes from a checkpoint bit for bit, averages included",
  async (gpu) => {
    const path = await Deno.makeTempFile({ suffix: ".safetensors" });
    const run = async (steps: readonly number[]) => {
      let learner = create(), trainer = await trainOnOneBatch(gpu, learner, 1e-3);
      for (const [i, count] of steps.entries()) {
        if (i > 0) {
          await trainer.save(path);
          trainer.dispose();
          releaseAll(gpu, learner);
          learner = create({}, 1);
          trainer = await trainOnOneBatch(gpu, learner, 1e-3);
          await trainer.restore(path);
        }
        for (let step = 0; step < count; step++) trainer.step();
      }
      const values = await valuesOf(gpu, learner);
      trainer.dispose();
      releaseAll(gpu, learner);
      return values;
    };
    assertEquals(await run([2, 3]), await run([5]));
    await Deno.remove(path);
  },
);

Deno.test("ddpm.features() have a gradient by the images, for attacks", () => {
  const { height, width } = DATA_SIZES, learner = create();
  const pixels = stream(0, "images").fillUniform(0, new Float32Array(2 * height * width * 3));
  const images = new Variable("images", f32(2, height, width, 3), pixels);
  const { graph, result } = trace(() => gradients(sumAll(learner.features(asTensor(images))), [images]));
  const [{ data }] = evaluateReference(graph, result);
  assert(data.filter((v) => v !== 0).length > 0.9 * data.length);
});

gpuTest("ddpm.pictures() shows samples and denoising, the same each time", async (gpu) => {
  const learner = create(), before = gpu.buffers.liveBytes;
  const draw = () => learner.pictures!(gpu, { set: DATA.test, count: 2, seed: 0 });
  const pictures = await draw();
  assertEquals(pictures.rows.map(({ label }) => label), [
    "samples",
    "images",
    "noised, t = 12",
    "restored in one step",
  ]);
  assertStringIncludes(pictures.caption, "5 of the 50 steps");
  for (const { images } of pictures.rows) {
    assertEquals(images.map(({ pixels }) => pixels.length), [432, 432]);
    assert(images.every(({ pixels }) => pixels.every(Number.isFinite)));
  }
  const [, images, , restored] = pictures.rows;
  assertClose("image", images.images[0].pixels.subarray(0, 3), {
    expected: [0, 144, 288].map((at) => DATA.test.images[at] / 255),
    atol: 1e-6,
    rtol: 0,
  });
  // An untrained network predicts no noise: the noised image comes back over sqrt(alphaBar).
  assertNotEquals(restored.images[0].pixels, images.images[0].pixels);
  assertEquals(await draw(), pictures);
  releaseAll(gpu, learner);
  assertLess(gpu.buffers.liveBytes, before + 1);
});

const WRONG: [Partial<DdpmConfig>, string][] = [
  [{ featureTimestep: 50 }, "featureTimestep must lie in the schedule, 0 to 49, got 50"],
  [{ featureTimestep: -1 }, "featureTimestep must lie in the schedule, 0 to 49, got -1"],
  [
    { featureBlock: "out_5" },
    'featureBlock "out_5" does not exist, blocks are in_1, in_2, mid, out_1, out_2, out_3, out_4',
  ],
  [{ sampleSteps: 51 }, "sampleSteps must be a whole number from 1 to 50, got 51"],
  [{ timesteps: 20, betaSchedule: "linear" }, "timesteps must be a whole number from 21 up"],
  [{ multipliers: [1, 1, 1, 1] }, "4 levels need a size divisible by 8, the images are 12 x 12"],
  [{ ema: 1 }, "ema must lie in [0, 1), got 1"],
];

for (const [wrong, message] of WRONG) {
  Deno.test(`ddpm.check() refuses ${JSON.stringify(wrong)}`, () => {
    const check = () => ddpm.check({ ...CONFIG, ...wrong }, { ...DATA_SIZES, batchSize: 16 });
    assertStringIncludes(assertThrows(check, RangeError).message, message);
  });
}
