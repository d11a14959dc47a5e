import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { read } from "../engine/graph/variables.ts";
import { DATA, trainedLearner, valuesOf } from "./_testing.ts";
import { accuracyOf, evaluateClean } from "./evaluate.ts";
import { trainProbe } from "./probe.ts";

const PROBE = { epochs: 8, batchSize: 16, lr: 0.1, momentum: 0.9, weightDecay: 0, seed: 0 };

gpuTest("trainProbe() beats chance on a trained encoder and leaves it as it was", async (gpu) => {
  const learner = await trainedLearner(gpu);
  const before = await valuesOf(gpu, learner);
  for (const augmentation of [NO_AUGMENTATION, { ...NO_AUGMENTATION, cropPadding: 1 }]) {
    const probe = await trainProbe(gpu, { ...PROBE, learner, set: DATA.train, augmentation });
    const outcome = await evaluateClean(gpu, { logits: probe.logits, set: DATA.test, batchSize: 100 });
    assertGreater(accuracyOf(outcome), 0.4);
    probe.dispose();
  }
  assertEquals(await valuesOf(gpu, learner), before);
});

gpuTest("trainProbe() gives the same bits again and frees what it took", async (gpu) => {
  const learner = await trainedLearner(gpu);
  const live = gpu.buffers.liveBytes;
  for (const augmentation of [NO_AUGMENTATION, { ...NO_AUGMENTATION, cropPadding: 1 }]) {
    const outcomes: Uint8Array[] = [];
    for (let i = 0; i < 2; i++) {
      const probe = await trainProbe(gpu, { ...PROBE, epochs: 1, learner, set: DATA.train, augmentation });
      outcomes.push(await evaluateClean(gpu, { logits: probe.logits, set: DATA.test, batchSize: 100 }));
      probe.dispose();
    }
    assertEquals(outcomes[0], outcomes[1]);
  }
  assertEquals(gpu.buffers.liveBytes, live);
});

gpuTest("trainProbe() sees other images where an augmentation is asked for", async (gpu) => {
  const learner = await trainedLearner(gpu);
  const weights = [];
  for (const cropPadding of [0, 2]) {
    const augmentation = { ...NO_AUGMENTATION, cropPadding };
    const probe = await trainProbe(gpu, { ...PROBE, epochs: 1, learner, set: DATA.train, augmentation });
    weights.push(await read(gpu, probe.weight));
    probe.dispose();
  }
  assertNotEquals(weights[0], weights[1]);
});
