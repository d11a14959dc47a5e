import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { subset } from "../datasets/types.ts";
import { warnPgd } from "../attacks/pgd/pgd_warnings.ts";
import { mul } from "../engine/ops/arithmetic.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { release } from "../engine/graph/variables.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA, trainedLearner } from "./_testing.ts";
import {
  accuracyOf,
  type AttackOptions,
  evaluateClean,
  evaluateUnderPgd,
  type PgdProgress,
} from "./evaluate.ts";

const ATTACK: AttackOptions = {
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
  const { clean, robust, distance } = await evaluateUnderPgd(gpu, options, ATTACK);
  assertGreater(accuracyOf(clean), 0.5);
  assertLess(accuracyOf(robust), accuracyOf(clean) - 0.2);
  assert(robust.every((bit, i) => bit <= clean[i]));
  assert(distance.every((d) => d > 0.1 && d <= 0.5 + 1e-6));
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
    const told = { ...options, onProgress: (progress: PgdProgress) => void done.push(progress.done) };
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
    assertEquals(warnPgd(attacked).map(({ code }) => code), ["non-finite-logits"]);
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
  assertEquals(few.distance, all.distance.slice(0, 16));
});

gpuTest("evaluateUnderPgd() goes on where it was stopped, and frees its memory", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const options = { logits: logits!, set: DATA.test, batchSize: 40 };
  const expected = await evaluateUnderPgd(gpu, options, ATTACK), before = gpu.buffers.liveBytes;
  let from: PgdProgress | undefined;
  const stop = (progress: PgdProgress) => {
    from = structuredClone(progress);
    throw new DOMException("Cannot go on: interrupted", "AbortError");
  };
  for (const done of [40, 80]) {
    const given = { ...options, onProgress: stop, ...(from && { from }) };
    await assertRejects(() => evaluateUnderPgd(gpu, given, ATTACK), DOMException);
    assertEquals(from!.done, done);
  }
  assertEquals(gpu.buffers.liveBytes, before);
  const dispatches = gpu.work.dispatches;
  assertEquals(await evaluateUnderPgd(gpu, { ...options, from: from! }, ATTACK), expected);
  const one = gpu.work.dispatches - dispatches;
  await evaluateUnderPgd(gpu, options, ATTACK);
  assertEquals(gpu.work.dispatches - dispatches, 4 * one, "one batch, then three");
});
