import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { autoAttackOn } from "../attacks/autoattack/auto_attack_on.ts";
import type { AutoAttackFn, AutoAttackResult } from "../attacks/autoattack/types.ts";
import type { RobustnessAttack } from "../attacks/evaluation/robustness_attack.ts";
import type { PgdSettings } from "../attacks/pgd/pgd_attack.ts";
import { imageSet, subset } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import type { Checkpoint } from "../engine/files/checkpoint.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { release } from "../engine/graph/variables.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { mul } from "../engine/ops/arithmetic.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA, trainedLearner } from "./_testing.ts";
import {
  accuracyOf,
  evaluateClean,
  evaluateUnder,
  evaluateUnderAutoAttack,
  evaluateUnderPgd,
  examplesOf,
} from "./evaluate.ts";

/** Two images of one row of two pixels. */
const SET = imageSet({
  name: "two",
  classNames: ["a", "b", "c"],
  height: 1,
  width: 2,
  images: Uint8Array.of(0, 51, 102, 153, 204, 255, 255, 0, 255, 0, 255, 0),
  labels: Uint8Array.of(2, 0),
});

const ATTACK: PgdSettings = {
  norm: "L2",
  eps: 0.5,
  steps: 4,
  stepSize: 0.25,
  randomStart: true,
  restarts: 2,
  seed: 1,
};

gpuTest("evaluateUnderPgd() finds a trained network accurate, and less so under attack", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const options = { logits: logits!, set: DATA.test, batchSize: 100 };
  const { clean, robust, perturbation } = await evaluateUnderPgd(gpu, options, ATTACK);
  assertGreater(accuracyOf(clean), 0.5);
  assertLess(accuracyOf(robust), accuracyOf(clean) - 0.2);
  assert(robust.every((bit, i) => bit <= clean[i]));
  assert(perturbation.every((d) => d > 0.1 && d <= 0.5 + 1e-6));
  assertEquals(await evaluateClean(gpu, options), clean);
  const untouched = await evaluateUnderPgd(gpu, options, { ...ATTACK, eps: 0 });
  assertEquals(untouched.robust, clean);
});

gpuTest("evaluateUnderPgd() and evaluateClean() give the same outcome in any batch size", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const expected = await evaluateUnderPgd(gpu, { logits: logits!, set: DATA.test, batchSize: 1000 }, ATTACK);
  const before = gpu.buffers.liveBytes;
  for (const batchSize of [16, 37]) {
    const done: number[] = [];
    const options = {
      logits: logits!,
      set: DATA.test,
      batchSize,
    };
    const told = { ...options, run: { onProgress: (now: { done: number }) => void done.push(now.done) } };
    assertEquals(await evaluateUnderPgd(gpu, told, ATTACK), expected);
    assertEquals(done.splice(0).at(-1), 100);
    const onProgress = (n: number) => void done.push(n);
    assertEquals(await evaluateClean(gpu, { ...options, onProgress }), expected.clean);
    assertEquals(done.at(-1), 100);
  }
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest(
  "evaluateClean() and evaluateUnderPgd() count no image by scores that are not finite",
  async (gpu) => {
    const { logits } = await trainedLearner(gpu);
    const odd = new Variable("odd", f32(1), Float32Array.of(NaN)), counts: number[] = [];
    const options = { logits: (x: Tensor) => mul(logits!(x), odd), set: DATA.test, batchSize: 37 };
    const clean = await evaluateClean(gpu, { ...options, onNotFinite: (images) => counts.push(images) });
    assertEquals([accuracyOf(clean), counts], [0, [100]]);
    const attacked = await evaluateUnderPgd(gpu, options, ATTACK);
    assertEquals([accuracyOf(attacked.clean), accuracyOf(attacked.robust)], [0, 0]);
    assertEquals(attacked.warnings.map(({ code }) => code), ["non-finite-logits"]);
    release(gpu, [odd]);
  },
);

gpuTest("evaluateUnderPgd() attacks an image alike in a set of its own", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const all = await evaluateUnderPgd(gpu, { logits: logits!, set: DATA.test, batchSize: 100 }, ATTACK);
  const few = await evaluateUnderPgd(
    gpu,
    { logits: logits!, set: subset(DATA.test, 16), batchSize: 100 },
    ATTACK,
  );
  assertEquals(few.perturbation, all.perturbation.slice(0, 16));
});

gpuTest("evaluateUnderPgd() resumes where it was stopped, and frees its memory", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const options = { logits: logits!, set: DATA.test, batchSize: 40 };
  const expected = await evaluateUnderPgd(gpu, options, ATTACK), before = gpu.buffers.liveBytes;
  let kept: Checkpoint | null = null;
  const state = {
    load: () => Promise.resolve(kept),
    save: (checkpoint: Checkpoint) => Promise.resolve(void (kept = structuredClone(checkpoint))),
  };
  for (const done of [40, 80]) {
    const stop = new AbortController();
    // Aborted while it compiles, it ends after its next batch.
    const aborting = (x: Tensor) => (stop.abort(), logits!(x));
    const run = { state, signal: stop.signal };
    await assertRejects(
      () => evaluateUnderPgd(gpu, { ...options, logits: aborting, run }, ATTACK),
      DOMException,
    );
    assertEquals(kept!.state, { done });
  }
  assertEquals(gpu.buffers.liveBytes, before);
  const dispatches = gpu.work.dispatches;
  assertEquals(await evaluateUnderPgd(gpu, { ...options, run: { state } }, ATTACK), expected);
  const one = gpu.work.dispatches - dispatches;
  await evaluateUnderPgd(gpu, options, ATTACK);
  assertEquals(gpu.work.dispatches - dispatches, 4 * one, "one batch, then three");
  const other = { ...options, set: subset(DATA.test, 16), run: { state } };
  await assertRejects(() => evaluateUnderPgd(gpu, other, ATTACK), SyntaxError, "must be from 0 to 16");
});

Deno.test("evaluateUnder() runs any attack: classifier, images and settings in, outcomes out", async () => {
  // A whole attack: it succeeds on every image of label 0.
  const toy: RobustnessAttack = {
    name: "toy",
    title: "Toy",
    evaluate: (_gpu, { examples }, { eps }) => {
      const { labels } = examples();
      return Promise.resolve({
        clean: new Uint8Array(labels.length).fill(1),
        robust: Uint8Array.from(labels, (label) => label === 0 ? 0 : 1),
        perturbation: new Float32Array(labels.length).fill(eps),
        warnings: [],
      });
    },
  };
  const options = { logits: (x: Tensor) => x, set: SET, batchSize: 1 };
  const { robust, perturbation } = await evaluateUnder({} as Gpu, toy, {
    ...options,
    settings: { norm: "L2", eps: 0.5, seed: 0 },
  });
  assertEquals([[...robust], [...perturbation]], [[1, 0], [0.5, 0.5]]);
});

Deno.test("examplesOf() gives pixels in [0, 1] with channels innermost, labels and numbers", () => {
  const { images, labels, numbers } = examplesOf(SET);
  assertEquals([...images.subarray(0, 6)].map((v) => Math.round(255 * v)), [0, 102, 204, 51, 153, 255]);
  assertEquals([[...labels], [...numbers]], [[2, 0], [0, 1]]);
});

Deno.test("autoAttackOn() attacks the first images, and refuses more than there are", async () => {
  const given: Parameters<AutoAttackFn>[] = [];
  const attack = autoAttackOn((...args) => {
    given.push(args);
    return Promise.resolve({} as AutoAttackResult);
  });
  const evaluate = (images: number) =>
    evaluateUnder({} as Gpu, attack, {
      ...{ logits: (x: Tensor) => x, set: SET, batchSize: 250 },
      settings: { images, norm: "L2", eps: 0.5, seed: 3, version: "rand" },
    });
  await evaluate(1);
  const [[, { logits: _, ...options }, examples]] = given;
  assertEquals(options, {
    norm: "L2",
    eps: 0.5,
    seed: 3,
    version: "rand",
    classes: 3,
    imageShape: [1, 2, 3],
    batchSize: 1,
  });
  assertEquals([examples.images.length, examples.labels.length], [6, 1]);
  await assertRejects(async () => await evaluate(3), RangeError, "it has 2 images, 3 were asked for");
});

gpuTest("evaluateUnderAutoAttack() finds no image robust that is wrong when clean", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const options = { logits: logits!, set: DATA.test, batchSize: 20 };
  const { clean, robust, attacks, safety } = await evaluateUnderAutoAttack(gpu, options, {
    images: 20,
    norm: "L2",
    eps: 0.5,
    seed: 0,
    attacks: ["apgd-ce", "square"],
    iterations: 5,
    queries: 20,
  });
  assertEquals(clean, (await evaluateClean(gpu, options)).slice(0, 20));
  assert(robust.every((bit, i) => bit <= clean[i]) && robust.includes(0));
  assertEquals(attacks.map(({ name }) => name), ["apgd-ce", "square"]);
  assert(safety.largestPerturbation > 0.1 && safety.largestPerturbation <= 0.5 + 1e-5);
});
