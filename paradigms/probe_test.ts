import { assert, assertEquals, assertGreater } from "@std/assert";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA, releaseAll, smallLearner, trainedLearner, valuesOf } from "./_testing.ts";
import { accuracyOf, evaluateClean } from "./evaluate.ts";
import { extractFeatures, trainProbe } from "./probe.ts";

const PROBE = { epochs: 8, batchSize: 16, lr: 0.1, momentum: 0.9, weightDecay: 0, seed: 0 };

gpuTest("trainProbe() beats chance on a trained encoder and leaves it as it was", async (gpu) => {
  const learner = await trainedLearner(gpu);
  const before = await valuesOf(gpu, learner);
  const probe = await trainProbe(gpu, { ...PROBE, learner, set: DATA.train });
  const outcome = await evaluateClean(gpu, { logits: probe.logits, set: DATA.test, batchSize: 100 });
  assertGreater(accuracyOf(outcome), 0.4);
  probe.dispose();
  assertEquals(await valuesOf(gpu, learner), before);
});

gpuTest("trainProbe() gives the same bits again and frees what it took", async (gpu) => {
  const learner = await trainedLearner(gpu);
  const live = gpu.buffers.liveBytes;
  const outcomes: Uint8Array[] = [];
  for (let i = 0; i < 2; i++) {
    const probe = await trainProbe(gpu, { ...PROBE, epochs: 1, learner, set: DATA.train });
    outcomes.push(await evaluateClean(gpu, { logits: probe.logits, set: DATA.test, batchSize: 100 }));
    probe.dispose();
  }
  assertEquals(outcomes[0], outcomes[1]);
  assertEquals(gpu.buffers.liveBytes, live);
});

gpuTest("extractFeatures() gives the same bits in any batch size", async (gpu) => {
  const learner = await trainedLearner(gpu);
  const expected = await extractFeatures(gpu, { learner, set: DATA.test, batchSize: 100 });
  assertEquals(expected.length, 100 * 8);
  assertEquals(await extractFeatures(gpu, { learner, set: DATA.test, batchSize: 37 }), expected);
  const untrained = smallLearner(1);
  const other = await extractFeatures(gpu, { learner: untrained, set: DATA.test, batchSize: 100 });
  assert(other.some((v, i) => v !== expected[i]));
  releaseAll(gpu, untrained);
});
