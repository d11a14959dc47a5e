import { assert, assertAlmostEquals, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { Apgd } from "../attacks/apgd/apgd.ts";
import { linf } from "../attacks/threat_model/threat_model.ts";
import { Walk } from "../attacks/walk/walk.ts";
import { type ImageSet, subset } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { scale } from "../engine/ops/arithmetic.ts";
import { reshape } from "../engine/ops/reshape.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { read, release, write } from "../engine/graph/variables.ts";
import { DATA, DATA_SIZES, FEW, SMALL_MAE, smallLearner, smallTrainer } from "./_testing.ts";
import { ddpm } from "./ddpm.ts";
import { examplesOf } from "./evaluate.ts";
import { featureDistance, type LossFn, lossObjective } from "./loss_objective.ts";
import { mae } from "./mae.ts";
import { simclr } from "./simclr.ts";
import type { Learner } from "./types.ts";

const EPS = 8 / 255, SIZE = 3 * 12 * 12, SHAPE = [12, 12, 3] as const;

const LEARNERS: Readonly<Record<string, () => Learner>> = {
  sl: () => smallLearner(),
  cl: () => {
    const encoder = { arch: "resnet8", widths: [4, 8, 8] } as const;
    return simclr.create({ encoder, projector: [12, 6], temperature: 0.5 }, { ...DATA_SIZES, seed: 0 });
  },
  mim: () => mae.create(SMALL_MAE, { ...DATA_SIZES, seed: 0 }),
  dm: () =>
    ddpm.create({
      base: 4,
      multipliers: [1],
      blocks: 1,
      attentionLevels: [],
      heads: 1,
      groups: 2,
      dropout: 0.1,
      timesteps: 20,
      betaSchedule: "cosine",
      ema: 0.5,
      featureBlock: "mid",
      featureTimestep: 4,
      featureNoise: "none",
      pixelRange: [0, 1],
      sampleSteps: 5,
    }, { ...DATA_SIZES, seed: 0 }),
};

const kept = new Map<string, Promise<Learner>>();

/**
 * A learner after one epoch: layers that begin at 0 have moved, so that losses depend on the images. Trained once, and
 * kept for all tests.
 */
function trained(gpu: Gpu, name: string): Promise<Learner> {
  const learner = kept.get(name) ?? (async () => {
    const learner = LEARNERS[name]();
    const trainer = await smallTrainer(gpu, learner);
    await trainer.epoch();
    trainer.dispose();
    return learner;
  })();
  kept.set(name, learner);
  return learner;
}

const optionsFor = (name: string) => ({ seed: 3, ...(name === "cl" && { negatives: FEW }) });

/** Some examples of a set, in an order. */
function pick(set: ImageSet, numbers: readonly number[]) {
  const { images, labels } = examplesOf(set);
  return {
    images: Float32Array.from(numbers.flatMap((i) => [...images.subarray(i * SIZE, (i + 1) * SIZE)])),
    labels: Uint32Array.from(numbers, (i) => labels[i]),
    examples: Uint32Array.from(numbers),
  };
}

/** Losses at the clean images and where a walk of Linf `EPS` ends, and these images. */
async function climb(gpu: Gpu, loss: LossFn, numbers: readonly number[], steps = 6) {
  const batchSize = numbers.length, given = pick(DATA.test, numbers);
  const labels = new Variable("labels", u32(batchSize), given.labels);
  const walk = await Walk.compile(gpu, {
    label: "climb",
    batchSize,
    imageShape: SHAPE,
    objective: (images, inputs) => loss(images, { ...inputs, labels }),
    threatModel: linf(EPS),
    stepSize: EPS / 3,
    stream: stream(0, "climb"),
  });
  const judge = await Program.compile(gpu, "judge", () => {
    const at = (images: Variable) => loss(asTensor(images), { ...walk, labels });
    return { before: at(walk.origin), after: at(walk.images) };
  });
  write(gpu, walk.origin, given.images);
  write(gpu, walk.examples, given.examples);
  walk.start({ random: true });
  walk.step(steps);
  judge.run();
  const [before, after] = [await judge.read("before"), await judge.read("after")] as Float32Array[];
  const images = await read(gpu, walk.images) as Float32Array;
  judge.dispose();
  walk.dispose();
  release(gpu, [labels]);
  return { before, after, images, clean: given.images };
}

const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;

for (const name of ["sl", "cl", "mim", "dm"] as const) {
  gpuTest(`lossObjective() of ${name} rises on a walk, within eps and [0, 1]`, async (gpu) => {
    const learner = await trained(gpu, name);
    const objective = await lossObjective(gpu, learner, optionsFor(name));
    const { before, after, images, clean } = await climb(gpu, objective.loss, [0, 1, 2, 3, 4, 5, 6, 7]);
    // Log odds, of sl and cl, may be below 0.
    assert(before.every((loss) => Number.isFinite(loss) && (loss > 0 || name === "sl" || name === "cl")));
    const risen = after.filter((loss, i) => loss > before[i]).length;
    assert(risen >= 7, `${risen} of 8 losses rose: ${before} to ${after}`);
    assertGreater(mean(after), mean(before));
    images.forEach((v, i) => assert(Math.abs(v - clean[i]) <= EPS + 1e-6 && v >= 0 && v <= 1));
    objective.dispose();
  });

  gpuTest(`lossObjective() of ${name} is each image's own, whatever batch and order`, async (gpu) => {
    const learner = await trained(gpu, name);
    const objective = await lossObjective(gpu, learner, optionsFor(name));
    const all = await climb(gpu, objective.loss, [0, 1, 2, 3, 4, 5, 6, 7], 3);
    const few = await climb(gpu, objective.loss, [6, 2, 5], 3);
    [6, 2, 5].forEach((i, b) => {
      assertEquals([few.before[b], few.after[b]], [all.before[i], all.after[i]], `example ${i}`);
      assertEquals(few.images.slice(b * SIZE, (b + 1) * SIZE), all.images.slice(i * SIZE, (i + 1) * SIZE));
    });
    objective.dispose();
  });
}

gpuTest("lossObjective() is what Apgd maximises, too", async (gpu) => {
  const learner = await trained(gpu, "mim");
  const objective = await lossObjective(gpu, learner, optionsFor("mim"));
  const numbers = [0, 1, 2, 3], given = pick(DATA.test, numbers);
  const apgd = await Apgd.compile(gpu, {
    name: "apgd on mae",
    objective: objective.loss,
    norm: "Linf",
    eps: EPS,
    slots: 4,
    imageShape: SHAPE,
    iterations: 10,
    stream: stream(0, "apgd"),
  });
  write(gpu, apgd.inputs.origin, given.images);
  write(gpu, apgd.inputs.examples, given.examples);
  for (let iteration = 0; iteration < apgd.maxIterations; iteration++) apgd.iterate(4);
  const score = await read(gpu, apgd.inputs.score) as Float32Array;
  const { before } = await climb(gpu, objective.loss, numbers, 0);
  assert(score.every((loss, i) => loss > 1.01 * before[i]), `${before} to ${score}`);
  apgd.dispose();
  objective.dispose();
});

gpuTest("lossObjective() of cl rises with NT-Xent, the clean image being the positive", async (gpu) => {
  const learner = await trained(gpu, "cl");
  const objective = await lossObjective(gpu, learner, optionsFor("cl"));
  const { before } = await climb(gpu, objective.loss, [0, 1, 2], 0);
  const program = await Program.compile(gpu, "projections", () => {
    const of = (set: ImageSet) =>
      learner.projections!.of(
        asTensor(new Variable("images", f32(set.count, ...SHAPE), examplesOf(set).images)),
      );
    return { z: of(subset(DATA.test, 3)), others: of(FEW) };
  });
  program.run();
  const [z, others] = [await program.read("z"), await program.read("others")] as Float32Array[];
  const D = learner.projections!.size;
  const row = (data: Float32Array, i: number) => data.subarray(i * D, (i + 1) * D);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, d) => sum + v * b[d], 0);
  before.forEach((loss, b) => {
    // At the clean image the positive similarity is 1; the temperature is 0.5.
    const own = row(z, b), negatives = Array.from({ length: FEW.count }, (_, k) => dot(own, row(others, k)));
    const total = Math.exp(2) + negatives.reduce((sum, s) => sum + Math.exp(2 * s), 0);
    assertAlmostEquals(Math.log1p(FEW.count * Math.exp(loss)), Math.log(total) - 2, 1e-4);
  });
  program.dispose();
  objective.dispose();
});

gpuTest("lossObjective() of mim leaves alone what is masked", async (gpu) => {
  const learner = await trained(gpu, "mim");
  const objective = await lossObjective(gpu, learner, optionsFor("mim"));
  const [start, end] = [
    await climb(gpu, objective.loss, [0], 0),
    await climb(gpu, objective.loss, [0], 3),
  ].map(({ images }) => images);
  // 4 of 16 patches of 3 x 3 pixels are visible.
  const moved = new Set<number>();
  end.forEach((v, at) => {
    const x = Math.floor(at / 3) % 12, y = Math.floor(at / 36);
    if (v !== start[at]) moved.add(Math.floor(y / 3) * 4 + Math.floor(x / 3));
  });
  assertEquals(moved.size, 4);
  objective.dispose();
});

gpuTest("featureDistance() is 0 at the clean image and rises from a random start", async (gpu) => {
  const learner = await trained(gpu, "sl");
  const { before, after } = await climb(gpu, featureDistance(learner.features), [0, 1, 2, 3]);
  const start = await climb(gpu, featureDistance(learner.features), [0, 1, 2, 3], 0);
  assertEquals([...before], [0, 0, 0, 0]);
  assert(after.every((distance, i) => distance > 2 * start.after[i]), `${start.after} to ${after}`);
});

gpuTest("featureDistance() leads the same way at every scale of the features", async (gpu) => {
  const ends: Float32Array[] = [];
  for (const factor of [1, 2 ** -66, 2 ** 40]) {
    const features = (images: Tensor) => scale(reshape(images, [images.shape[0], SIZE]), factor);
    ends.push((await climb(gpu, featureDistance(features), [0, 1, 2], 4)).images);
  }
  for (const images of ends) assertEquals(images, ends[0]);
});

gpuTest("lossObjective() refuses what the loss has no use for, or cannot do without", async (gpu) => {
  const sl = LEARNERS.sl(), cl = LEARNERS.cl();
  await assertRejects(
    () => lossObjective(gpu, cl, { seed: 0 }),
    RangeError,
    "needs negatives, none were given",
  );
  await assertRejects(
    () => lossObjective(gpu, sl, { seed: 0, negatives: FEW }),
    RangeError,
    "negatives are for contrastive losses",
  );
  const objective = await lossObjective(gpu, sl, { seed: 0 });
  const inputs = { origin: new Variable("x", f32(1, ...SHAPE)), examples: new Variable("n", u32(1)) };
  const compile = () =>
    Program.compile(gpu, "no labels", () => ({ loss: objective.loss(asTensor(inputs.origin), inputs) }));
  await assertRejects(compile, RangeError, "cross-entropy needs labels");
  objective.dispose();
});
