import { assert, assertEquals, assertGreater, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { batches } from "../datasets/batches.ts";
import { subset, toFloat } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { nhwcToNchw } from "../engine/arrays/layout.ts";
import { assign } from "../engine/ops/assign.ts";
import { adamw } from "../engine/optim/adamw.ts";
import { constant, cosine } from "../engine/optim/schedules.ts";
import { stream } from "../common/random.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { read, release } from "../engine/graph/variables.ts";
import { FEW, releaseAll, smallLearner, smallTrainer, valuesOf } from "./_testing.ts";
import { type Adversary, NonFiniteLossError, type Trainer, type TrainOptions } from "./train.ts";
import type { Learner } from "./types.ts";

const ADVERSARY: Adversary = { norm: "L2", eps: 0.5, steps: 2, stepSize: 0.3, randomStart: true };

/** Two epochs: all losses and the final weights. */
async function trainTwice(gpu: Gpu, own: () => Partial<TrainOptions>) {
  const learner = smallLearner();
  const trainer = await smallTrainer(gpu, learner, own());
  const losses = [...(await trainer.epoch()).losses, ...(await trainer.epoch()).losses];
  const values = await valuesOf(gpu, learner);
  trainer.dispose();
  releaseAll(gpu, learner);
  return { losses, values };
}

gpuTest("Trainer.epoch() gives the same bits for the same seed, others for another", async (gpu) => {
  const first = await trainTwice(gpu, () => ({}));
  assertEquals(first.losses.length, 8);
  assertEquals(await trainTwice(gpu, () => ({})), first);
  assertNotEquals((await trainTwice(gpu, () => ({ seed: 1 }))).losses, first.losses);
});

const RESUMED: [name: string, own: () => Partial<TrainOptions>][] = [
  ["SGD", () => ({ schedule: cosine({ lr: 0.1, totalSteps: 8, warmupSteps: 2 }) })],
  ["AdamW", () => ({ optimizer: adamw(), schedule: constant({ lr: 1e-3 }), clipNorm: null })],
  ["SGD and an adversary", () => ({ adversary: ADVERSARY })],
  ["gradients accumulated over three batches", () => ({ accumulate: 3 })],
];

for (const [name, own] of RESUMED) {
  gpuTest(
    `Trainer.restore() continues from save() bit for bit, in the midst of an epoch, with ${name}`,
    async (gpu) => {
      const whole = await trainTwice(gpu, own);
      const path = await Deno.makeTempFile();
      const before = smallLearner(), after = smallLearner(7); // other weights, to be overwritten
      const broken = await smallTrainer(gpu, before, own());
      await broken.epoch();
      broken.step();
      await broken.save(path);
      broken.step(); // lost
      broken.dispose();
      const resumed = await smallTrainer(gpu, after, own());
      await resumed.restore(path);
      assertEquals(resumed.stepsDone, 5);
      const { losses } = await resumed.epoch();
      assertEquals([...losses], whole.losses.slice(4)); // that of the step before the checkpoint too
      assertEquals(await valuesOf(gpu, after), whole.values);
      resumed.dispose();
      releaseAll(gpu, before, after);
      await Deno.remove(path);
    },
  );
}

gpuTest("Trainer takes the same memory whether it is saved, restored, or neither", async (gpu) => {
  const path = await Deno.makeTempFile();
  const peakOf = async (act: (trainer: Trainer) => Promise<void>) => {
    const small = smallLearner(), unused = new Variable("used by no step", f32(1000));
    const learner: Learner = { ...small, buffers: [...small.buffers, unused] };
    gpu.buffers.resetPeak();
    const trainer = await smallTrainer(gpu, learner);
    await act(trainer);
    await trainer.epoch();
    trainer.dispose();
    releaseAll(gpu, learner);
    return gpu.buffers.peakBytes;
  };
  const neither = await peakOf(async () => {});
  assertEquals(await peakOf((trainer) => trainer.save(path)), neither);
  assertEquals(await peakOf((trainer) => trainer.restore(path)), neither);
  await Deno.remove(path);
});

gpuTest("Trainer.restore() refuses the checkpoint of another run", async (gpu) => {
  const path = await Deno.makeTempFile();
  const learner = smallLearner();
  const trainer = await smallTrainer(gpu, learner);
  await trainer.save(path);
  trainer.dispose();
  for (
    const [own, message] of [
      [{ seed: 1 }, "of another run, seed 0 and batch size 16, expected 1 and 16"],
      [{ optimizer: adamw() }, "Cannot load weights: the tensors are not those of this network"],
    ] as const
  ) {
    const other = await smallTrainer(gpu, learner, own);
    const error = await assertRejects(() => other.restore(path), RangeError);
    assert(error.message.includes(message), error.message);
    other.dispose();
  }
  releaseAll(gpu, learner);
  await Deno.remove(path);
});

gpuTest(
  "Trainer.epoch() learns one batch by heart, with device memory flat from the first step",
  async (gpu) => {
    const learner = smallLearner();
    const atStart = gpu.buffers.liveBytes;
    const trainer = await smallTrainer(gpu, learner, { set: subset(FEW, 16), augmentation: NO_AUGMENTATION });
    const losses: number[] = [], live: number[] = [];
    let accuracy: number | null = 0;
    for (let epoch = 0; epoch < 40; epoch++) {
      const report = await trainer.epoch();
      losses.push(report.loss);
      live.push(gpu.buffers.liveBytes);
      accuracy = report.accuracy;
    }
    assertLess(losses[39], 0.3 * losses[0]);
    assertGreater(accuracy!, 0.9);
    assertEquals(new Set(live).size, 1);
    trainer.dispose();
    releaseAll(gpu, learner);
    assertEquals(gpu.buffers.liveBytes, atStart);
  },
);

gpuTest("Trainer.epoch() stops at a loss that is not finite and says at which step", async (gpu) => {
  const learner = smallLearner();
  const trainer = await smallTrainer(gpu, learner, { schedule: constant({ lr: 1e20 }), clipNorm: null });
  const error = await assertRejects(() => trainer.epoch(), NonFiniteLossError);
  assert(
    /^Cannot continue training: the loss is (NaN|Infinity) at step [1-3]\nHint: /.test(error.message),
    error.message,
  );
  trainer.dispose();
  releaseAll(gpu, learner);
});

gpuTest("Trainer.step() with an adversary trains on images within eps of the batch", async (gpu) => {
  for (const adversary of [ADVERSARY, { ...ADVERSARY, norm: "Linf", eps: 0.1, stepSize: 0.05 } as const]) {
    const inner = smallLearner();
    const seen = new Variable("seen", f32(16, 12, 12, 3));
    const learner: Learner = {
      ...inner,
      loss(batch) {
        assign(seen, batch.view(0));
        return inner.loss(batch);
      },
    };
    const trainer = await smallTrainer(gpu, learner, { adversary, augmentation: NO_AUGMENTATION, seed: 5 });
    const order = batches(stream(5, "batches"), { count: FEW.count, batchSize: 16 });
    const pixels = toFloat(FEW), size = 3 * 12 * 12;
    for (let step = 0; step < 5; step++) {
      trainer.step();
      const found = nhwcToNchw(await read(gpu, seen) as Float32Array, [16, 12, 12, 3]);
      assert(found.every((v) => v >= 0 && v <= 1));
      order.at(step).forEach((example, b) => {
        const moved = Array.from(
          { length: size },
          (_, k) => found[b * size + k] - pixels[example * size + k],
        );
        const distance = adversary.norm === "L2" ? Math.hypot(...moved) : Math.max(...moved.map(Math.abs));
        assert(distance <= adversary.eps + 1e-6 && distance > 0.3 * adversary.eps, `${distance} at ${b}`);
      });
    }
    trainer.dispose();
    release(gpu, [seen]);
    releaseAll(gpu, inner);
  }
});

gpuTest("Trainer.create() refuses an adversary without a classifier to attack", async (gpu) => {
  const learner: Learner = { ...smallLearner(), logits: null };
  const error = await assertRejects(() => smallTrainer(gpu, learner, { adversary: ADVERSARY }), TypeError);
  assertEquals(error.message, "Cannot train adversarially: the paradigm has no classifier to attack");
});
