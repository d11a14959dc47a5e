import { assert, assertEquals } from "@std/assert";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA, releaseAll, smallLearner, smallTrainer, trainedLearner } from "./_testing.ts";
import { extractFeatures, FeatureExtractor } from "./features.ts";

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

gpuTest("FeatureExtractor.extract() follows the encoder's weights, and frees what it took", async (gpu) => {
  const learner = smallLearner();
  const trainer = await smallTrainer(gpu, learner);
  const live = gpu.buffers.liveBytes;
  const extractor = await FeatureExtractor.compile(gpu, { learner, set: DATA.test, batchSize: 100 });
  const before = await extractor.extract();
  assertEquals(await extractor.extract(), before);
  await trainer.epoch();
  assert((await extractor.extract()).some((v, i) => v !== before[i]));
  extractor.dispose();
  assertEquals(gpu.buffers.liveBytes, live);
  trainer.dispose();
  releaseAll(gpu, learner);
});
