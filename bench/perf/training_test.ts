import { assert, assertEquals } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import type { TrainCell } from "../plan/cell.ts";
import type { PlantedConfig } from "../../datasets/planted.ts";
import { measurePgd } from "./attack.ts";
import { measureParadigm, paradigmCells } from "./paradigm_steps.ts";
import { measurePeerNetwork, soak } from "./peer_network.ts";
import { type GoalNetwork, measureTraining, networkName } from "./training.ts";

const signal = new AbortController().signal;
const options = { samples: 2, minSampleMs: 1, signal };
const SMALL: GoalNetwork = { widths: [4, 8, 8], imageSize: 12, batchSize: 16 };

gpuTest("measureTraining() times every sample, with memory flat and freed", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const found = await measureTraining(gpu, SMALL, options);
  assertEquals([found.samplesMs.length, found.name, found.batchSize], [2, "resnet8 4,8,8, 12x12", 16]);
  assert(found.samplesMs.every((ms) => ms > 0) && found.firstStepMs > 0 && found.dispatchesPerStep > 50);
  assertEquals(found.liveBytes[0], found.liveBytes[1]);
  assert(found.peakBytes >= found.liveBytes[0] && found.liveBytes[0] > before);
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("measurePgd() times steps of the attack and frees its memory", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const { name, samplesMs, flopsPerStep, batchSize } = await measurePgd(gpu, SMALL, options);
  assertEquals([name, samplesMs.length, batchSize], [`PGD-Linf on ${networkName(SMALL)}`, 2, 16]);
  assert(samplesMs.every((ms) => ms > 0) && flopsPerStep > 1e6);
  assertEquals(gpu.buffers.liveBytes, before);
});

Deno.test("paradigmCells() are the four paradigms on natural images", async () => {
  assertEquals(
    (await paradigmCells()).map(({ name }) => name),
    ["sl", "cl", "mim", "dm"].map((p) => `${p}/natural/seed-0`),
  );
});

gpuTest(
  "measureParadigm() trains a cell's network with its batch size, and frees its memory",
  async (gpu) => {
    const before = gpu.buffers.liveBytes;
    const [cell] = await paradigmCells();
    const { training, dataset } = cell.config;
    const { widths, imageSize: size, batchSize } = SMALL;
    const small: TrainCell = {
      ...cell,
      config: {
        ...cell.config,
        dataset: { ...(dataset as PlantedConfig), size } as PlantedConfig,
        paradigm: { encoder: { arch: "resnet8", widths } },
        training: { ...training, batchSize },
      },
    };
    const found = await measureParadigm(gpu, small, options);
    assertEquals([found.name, found.batchSize, found.samplesMs.length], ["sl of quick, 12x12", 16, 2]);
    assertEquals(found.liveBytes[0], found.liveBytes[1]);
    assertEquals(gpu.buffers.liveBytes, before);
  },
);

gpuTest("measurePeerNetwork() does the arithmetic of the peers' network: 1.59 GFLOP a step", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const { flopsPerStep, parameters, liveBytes } = await measurePeerNetwork(gpu, { ...options, samples: 1 });
  // Three times the forward convolutions, less the gradient of the images; the rest is below one per cent.
  const forward = [[32, 27, 32], [16, 288, 32], [8, 288, 64]].map(([size, k, out]) =>
    2 * 64 * size * size * k * out
  );
  const expected = 3 * (forward[0] + forward[1] + forward[2]) - forward[0];
  assert(Math.abs(flopsPerStep / expected - 1) < 0.02, `${flopsPerStep} and ${expected}`);
  assertEquals(parameters, 32 * 28 + 32 * 289 + 64 * 289 + 10 * 65);
  assertEquals(liveBytes[0], liveBytes[1]);
  assertEquals(gpu.buffers.liveBytes, before);
}, "texture");

gpuTest("soak() samples the memory at an interval of steps, and after the last", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  let looks = 0;
  const found = await soak(gpu, { steps: 5, every: 2, signal, rss: () => 100 + looks++ });
  assertEquals([found.steps, found.every, found.rssBytes], [5, 2, [100, 101, 102]]);
  assertEquals(new Set(found.liveBytes).size, 1);
  assert(found.liveBytes[0] > before);
  assertEquals(gpu.buffers.liveBytes, before);
}, "texture");
