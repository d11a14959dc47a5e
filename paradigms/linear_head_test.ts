import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { stream } from "../engine/random.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { read, release } from "../engine/variables.ts";
import { judgeHead, rootMeanSquare, trainHead } from "./linear_head.ts";

const OPTIONS = { epochs: 5, batchSize: 16, lr: 0.1, momentum: 0.9, weightDecay: 0, seed: 0 };

/** Three clusters in five dimensions. */
function clusters(scale: number) {
  const count = 90, featureSize = 5;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const features = stream(0, "clusters").fillNormal(0, new Float32Array(count * featureSize));
  labels.forEach((label, i) => {
    for (let k = 0; k < featureSize; k++) {
      features[i * featureSize + k] = scale * (0.3 * features[i * featureSize + k] + (k === label ? 2 : 0));
    }
  });
  return { features, featureSize, labels, classes: 3 };
}

gpuTest("trainHead() separates clusters of any scale alike", async (gpu) => {
  const live = gpu.buffers.liveBytes;
  const found = [];
  for (const scale of [1, 2 ** 10]) {
    const data = clusters(scale);
    const head = await trainHead(gpu, data, OPTIONS);
    const judged = await judgeHead(gpu, head, data);
    assertGreater(judged.reduce((sum, v) => sum + v, 0), 85);
    found.push([judged, await read(gpu, head.weight)]);
    release(gpu, [head.weight, head.bias]);
  }
  assertEquals(found[1], found[0]);
  assertEquals(gpu.buffers.liveBytes, live);
});

gpuTest("judgeHead() counts the highest score, the head's bias included", async (gpu) => {
  const data = clusters(1);
  const head = await trainHead(gpu, data, OPTIONS);
  const weight = await read(gpu, head.weight), bias = await read(gpu, head.bias);
  const expected = [...data.labels].map((label, i) => {
    const scores = [0, 1, 2].map((c) =>
      bias[c] +
      [0, 1, 2, 3, 4].reduce((sum, k) => sum + weight[c * 5 + k] * data.features[i * 5 + k] / head.spread, 0)
    );
    return scores.indexOf(Math.max(...scores)) === label ? 1 : 0;
  });
  assertEquals([...await judgeHead(gpu, head, data)], expected);
  release(gpu, [head.weight, head.bias]);
});

Deno.test("rootMeanSquare() is 1 where there is nothing to scale", () => {
  assertAlmostEquals(rootMeanSquare(Float32Array.of(3, 4)), Math.sqrt(12.5));
  assertEquals(rootMeanSquare(new Float32Array(4)), 1);
});
