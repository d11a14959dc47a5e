import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { subset } from "../datasets/types.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA, trainedLearner } from "./_testing.ts";
import { accuracyOf, type AttackOptions, evaluateClean, evaluateUnderPgd } from "./evaluate.ts";

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
      onProgress: (n: number) => void done.push(n),
    };
    assertEquals(await evaluateUnderPgd(gpu, options, ATTACK), expected);
    assertEquals(await evaluateClean(gpu, options), expected.clean);
    assertEquals(done.at(-1), 100);
  }
  assertEquals(gpu.buffers.liveBytes, before);
});

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
