import { assertEquals } from "@std/assert";
import { sgd } from "../engine/optim/sgd.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA_SIZES, releaseAll, smallTrainer, valuesOf } from "./_testing.ts";
import { mae, type MaeConfig } from "./mae.ts";

/** Without BatchNorm: the gradient of a batch is the mean of its examples'. */
const CONFIG: MaeConfig = {
  patchSize: 6,
  dim: 8,
  depth: 1,
  heads: 2,
  mlpRatio: 1,
  decoderDim: 8,
  decoderDepth: 1,
  decoderHeads: 2,
  maskRatio: 0.5,
  normalisePixels: false,
  pixelRange: [0, 1],
  pooling: "cls",
};

gpuTest("Accumulator lets small batches make the update of a large one", async (gpu) => {
  const found = [];
  for (const [batchSize, accumulate] of [[16, 1], [4, 4]]) {
    const learner = mae.create(CONFIG, { ...DATA_SIZES, seed: 0 });
    const trainer = await smallTrainer(gpu, learner, {
      batchSize,
      accumulate,
      optimizer: sgd({ momentum: 0.9 }),
      clipNorm: null,
      augmentation: undefined,
    });
    const before = await valuesOf(gpu, learner);
    for (let batch = 0; batch < accumulate - 1; batch++) trainer.step();
    assertEquals(await valuesOf(gpu, learner), before); // nothing is updated before the last batch
    trainer.step();
    found.push(await valuesOf(gpu, learner));
    trainer.dispose();
    releaseAll(gpu, learner);
  }
  for (const [name, expected] of found[0]) {
    assertClose(name, found[1].get(name)!, { expected, atol: 1e-6, rtol: 1e-4 });
  }
});
