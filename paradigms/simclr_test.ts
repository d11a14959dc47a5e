import { assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { Feed } from "../datasets/feed.ts";
import { gradients } from "../engine/autograd/autograd.ts";
import { adam } from "../engine/optim/adam.ts";
import { Program } from "../engine/program/program.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { release } from "../engine/graph/variables.ts";
import { goldenTests } from "./_golden_test.ts";
import { DATA_SIZES, FEW, releaseAll } from "./_testing.ts";
import { batchOf } from "./batch.ts";
import { simclr, type SimclrConfig } from "./simclr.ts";

const CONFIG: SimclrConfig = {
  encoder: { arch: "resnet8", widths: [4, 8, 8] },
  projector: [12, 6],
  temperature: 0.5,
};

const AUGMENTATION = {
  ...NO_AUGMENTATION,
  resizedCrop: { minScale: 0.4, maxScale: 1 },
  flip: true,
  jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8 },
  greyscale: 0.2,
};

const create = () => simclr.create(CONFIG, { ...DATA_SIZES, seed: 0 });

goldenTests({
  name: "simclr",
  create,
  file: new URL("./simclr_golden.json", import.meta.url),
  learningRate: 0.05,
  rtol: 1e-3,
});

gpuTest(
  "simclr sees two different views, functions of the example's number and the epoch alone",
  async (gpu) => {
    const feed = new Feed(gpu, FEW, { batchSize: 2 });
    const program = await Program.compile(gpu, "views", () => {
      const batch = batchOf(feed, { augmentation: AUGMENTATION, seed: 0 });
      return { first: batch.view(0), second: batch.view(1) };
    });
    const views = async (examples: number[], epoch: number) => {
      feed.load(Uint32Array.from(examples), { epoch });
      program.run();
      const [first, second] = [await program.read("first"), await program.read("second")];
      const size = first.length / 2;
      return examples.map((_, i) => [first, second].map((v) => v.slice(i * size, (i + 1) * size)));
    };
    const [, view] = await views([3, 11], 5);
    assertNotEquals(view[0], view[1]);
    assertEquals((await views([11, 40], 5))[0], view);
    assertNotEquals((await views([11, 40], 6))[0], view);
    program.dispose();
    feed.dispose();
  },
);

gpuTest("simclr lowers its loss on one repeated batch of augmented views", async (gpu) => {
  const learner = create(), feed = new Feed(gpu, FEW, { batchSize: 16 }), optimizer = adam();
  const program = await Program.compile(gpu, "repeated batch", () => {
    const { loss } = learner.loss(batchOf(feed, { augmentation: AUGMENTATION, seed: 0 }));
    optimizer.step(learner.parameters, gradients(loss, learner.parameters));
    return { loss };
  });
  feed.load(Uint32Array.from({ length: 16 }, (_, i) => i));
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) {
    optimizer.prepare(gpu, { step, learningRate: 3e-3 });
    program.run();
    losses.push((await program.read("loss"))[0]);
  }
  assertLess(Math.abs(losses[0] - Math.log(31)), 0.2);
  assertLess(losses[59], losses[0] - 0.5);
  program.dispose();
  feed.dispose();
  release(gpu, [...optimizer.state, optimizer.scalars]);
  releaseAll(gpu, learner);
});

gpuTest("simclr has features of an image that do not depend on the rest of the batch", async (gpu) => {
  const learner = create(), feed = new Feed(gpu, FEW, { batchSize: 4 });
  const program = await Program.compile(gpu, "features", () => ({ f: learner.features(feed.images()) }));
  const features = async (examples: number[]) => {
    feed.load(Uint32Array.from(examples));
    program.run();
    return (await program.read("f")).subarray(0, learner.featureSize);
  };
  const found = await features([7, 1, 2, 3]);
  assertEquals(await features([7, 20, 21, 22]), found);
  assertNotEquals(await features([8, 20, 21, 22]), found);
  program.dispose();
  feed.dispose();
  releaseAll(gpu, learner);
});

Deno.test("simclr has a projector behind the encoder, and no classifier", () => {
  const { parameters, featureSize, logits } = create();
  assertEquals(featureSize, 8);
  assertEquals(logits, null);
  assertEquals(parameters.slice(-4).map(({ name, shape }) => [name, shape]), [
    ["projector.0.weight", [12, 8]],
    ["projector.0.bias", [12]],
    ["projector.2.weight", [6, 12]],
    ["projector.2.bias", [6]],
  ]);
  assertEquals(parameters.some(({ name }) => name.startsWith("linear")), false);
});

Deno.test("simclr.check() refuses what could not be trained", () => {
  const refuse = (own: Partial<SimclrConfig>, message: string, batchSize = 16) =>
    assertThrows(
      () => simclr.check({ ...CONFIG, ...own }, { ...DATA_SIZES, batchSize }),
      RangeError,
      message,
    );
  simclr.check(CONFIG, { ...DATA_SIZES, batchSize: 2 });
  refuse({ temperature: 0 }, "the temperature has to be positive and finite, it is 0");
  refuse({ temperature: -1 }, "the temperature has to be positive and finite, it is -1");
  refuse({}, "a batch has to hold at least 2 images, it holds 1", 1);
  refuse(
    { projector: [12, 0] },
    "Cannot make the projector: its widths must be two whole numbers from 1 up, got 12, 0",
  );
  refuse(
    { encoder: { arch: "resnet9" as "resnet8" } },
    'unknown architecture "resnet9", known are resnet8, resnet18, resnet50',
  );
});
