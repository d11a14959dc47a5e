/** Golden losses: the first ten losses of a small learner, by the operations' references in float64 and on the GPU. */

import { assertEquals } from "@std/assert";
import { batches } from "../datasets/batches.ts";
import { toFloat } from "../datasets/types.ts";
import { gradients } from "../engine/autograd/autograd.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor, trace } from "../engine/graph/graph.ts";
import { nchwToNhwc } from "../engine/arrays/layout.ts";
import { adamw } from "../engine/optim/adamw.ts";
import { clipGradNorm } from "../engine/optim/clip.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { constant } from "../engine/optim/schedules.ts";
import { stream } from "../common/random.ts";
import { evaluateReference, type ReferenceState } from "../engine/graph/reference.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { DATA, releaseAll, smallTrainer, valuesOf } from "./_testing.ts";
import type { TrainOptions } from "./train.ts";
import type { Learner } from "./types.ts";

const BATCH = 16, STEPS = 10;

/** Parts of a golden test. */
export interface GoldenOptions {
  /** The paradigm, for the tests' titles. */
  readonly name: string;
  /** A new, small learner for images of {@linkcode DATA}; the same one each time. */
  readonly create: () => Learner;
  /** The stored losses: `new URL("./x_golden.json", import.meta.url)`. */
  readonly file: URL;
  readonly learningRate: number;
  /** Allowed relative error of the GPU's losses. */
  readonly rtol: number;
}

/**
 * Registers the golden tests of a paradigm: SGD with Nesterov momentum on unaugmented batches. The stored losses guard
 * what both sides share: data, initial weights, order of examples, random numbers. They are rewritten by
 * `REALFEATURES_WRITE_GOLDEN=1 deno task test paradigms/`.
 */
export function goldenTests({ name, create, file, learningRate, rtol }: GoldenOptions): void {
  replayTests({ name, create });
  Deno.test(`${name} trains in float64 to its ten golden losses`, async () => {
    const losses = referenceLosses(create(), learningRate);
    if (Deno.env.get("REALFEATURES_WRITE_GOLDEN")) {
      await Deno.writeTextFile(file, JSON.stringify({ losses }, null, 2) + "\n");
    }
    assertClose("losses", losses, { expected: await readGolden(file), atol: 0, rtol: 1e-9 });
  });
  for (const readPath of ["buffer", "texture"] as const) {
    gpuTest(`${name} trains on the GPU to its ten golden losses, ${readPath}`, async (gpu) => {
      const learner = create();
      const trainer = await smallTrainer(gpu, learner, {
        set: DATA.train,
        schedule: constant({ lr: learningRate }),
        augmentation: undefined,
      });
      const { losses } = await trainer.epoch();
      trainer.dispose();
      releaseAll(gpu, learner);
      assertClose("losses", losses.subarray(0, STEPS), { expected: await readGolden(file), atol: 0, rtol });
    }, readPath);
  }
}

/**
 * Registers the tests of a paradigm's determinism, augmentation and optimiser included: the same seed gives the same
 * bits, and k steps, saved and loaded, then n - k steps give those of n steps.
 */
function replayTests({ name, create }: Pick<GoldenOptions, "name" | "create">): void {
  const options = (): Partial<TrainOptions> => ({ optimizer: adamw(), schedule: constant({ lr: 1e-3 }) });
  const whole = async (gpu: Gpu) => {
    const learner = create();
    const trainer = await smallTrainer(gpu, learner, options());
    const losses = [...(await trainer.epoch()).losses, ...(await trainer.epoch()).losses];
    const values = await valuesOf(gpu, learner);
    trainer.dispose();
    releaseAll(gpu, learner);
    return { losses, values };
  };
  gpuTest(`${name} gives the same bits for the same seed, and after a checkpoint`, async (gpu) => {
    const live = gpu.buffers.liveBytes;
    const expected = await whole(gpu);
    assertEquals(await whole(gpu), expected);
    const path = await Deno.makeTempFile();
    const before = create(), after = create();
    const broken = await smallTrainer(gpu, before, options());
    for (let step = 0; step < 5; step++) broken.step();
    await broken.save(path);
    broken.step(); // lost
    broken.dispose();
    const resumed = await smallTrainer(gpu, after, options());
    await resumed.restore(path);
    assertEquals([...(await resumed.epoch()).losses], expected.losses.slice(4));
    assertEquals(await valuesOf(gpu, after), expected.values);
    resumed.dispose();
    releaseAll(gpu, before, after);
    await Deno.remove(path);
    assertEquals(gpu.buffers.liveBytes, live);
  });
}

async function readGolden(file: URL): Promise<number[]> {
  return JSON.parse(await Deno.readTextFile(file)).losses;
}

/** The same training without a GPU. */
function referenceLosses(learner: Learner, learningRate: number): number[] {
  const { height, width, count, labels: classes } = DATA.train;
  const optimizer = sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
  const images = new Variable("images", f32(BATCH, height, width, 3)), labels = new Variable("y", u32(BATCH));
  const examples = new Variable("examples", u32(BATCH)), step = new Variable("epoch", u32());
  const { graph, result } = trace(() => {
    const { loss } = learner.loss({
      images: asTensor(images),
      labels,
      view: () => asTensor(images),
      random: (purpose) => ({ examples, step, stream: stream(0, `training/${purpose}`) }),
    });
    optimizer.step(learner.parameters, clipGradNorm(gradients(loss, learner.parameters), 1));
    learner.afterUpdate?.();
    return loss;
  });
  const order = batches(stream(0, "batches"), { count, batchSize: BATCH });
  const pixels = nchwToNhwc(toFloat(DATA.train), [count, 3, height, width]), size = 3 * height * width;
  const state: ReferenceState = new Map([
    [optimizer.scalars, { shape: [], data: Float64Array.of(learningRate) }],
  ]);
  return Array.from({ length: STEPS }, (_, n) => {
    const chosen = [...order.at(n)];
    const batch = chosen.flatMap((i) => [...pixels.subarray(i * size, (i + 1) * size)]);
    state.set(images, { shape: images.shape, data: Float64Array.from(batch) });
    state.set(labels, { shape: [BATCH], data: Float64Array.from(chosen, (i) => classes[i]) });
    state.set(examples, { shape: [BATCH], data: Float64Array.from(chosen) });
    return evaluateReference(graph, [result], state)[0].data[0];
  });
}
