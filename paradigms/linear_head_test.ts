import { assert, assertAlmostEquals, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { stream } from "../common/random.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { read, release } from "../engine/graph/variables.ts";
import { NonFiniteLossError } from "./train.ts";
import { judgeHead, standardisation, trainHead } from "./linear_head.ts";

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

gpuTest("trainHead() separates clusters of any scale and place alike", async (gpu) => {
  const live = gpu.buffers.liveBytes;
  for (const [scale, offset] of [[1, 0], [1e3, 0], [1e-3, 0], [1, 1e3], [1e-2, -10]]) {
    const data = clusters(scale);
    for (let i = 0; i < data.features.length; i++) data.features[i] += offset;
    const head = await trainHead(gpu, data, OPTIONS);
    const judged = await judgeHead(gpu, head, data);
    assertGreater(judged.reduce((sum, v) => sum + v, 0), 85);
    release(gpu, [head.weight, head.bias]);
  }
  assertEquals(gpu.buffers.liveBytes, live);
});

gpuTest("judgeHead() counts the highest score, the head's bias included", async (gpu) => {
  const data = clusters(1);
  const head = await trainHead(gpu, data, OPTIONS);
  const weight = await read(gpu, head.weight), bias = await read(gpu, head.bias);
  const expected = [...data.labels].map((label, i) => {
    const scores = [0, 1, 2].map((c) =>
      bias[c] +
      [0, 1, 2, 3, 4].reduce((sum, k) => sum + weight[c * 5 + k] * data.features[i * 5 + k], 0)
    );
    return scores.indexOf(Math.max(...scores)) === label ? 1 : 0;
  });
  assertEquals([...await judgeHead(gpu, head, data)], expected);
  release(gpu, [head.weight, head.bias]);
});

gpuTest(
  "judgeHead() counts no example whose scores are not finite, trainHead() refuses what diverged",
  async (gpu) => {
    const data = clusters(1), head = await trainHead(gpu, data, OPTIONS);
    const features = data.features.slice().fill(NaN, 0, 5 * 3);
    const judged = await judgeHead(gpu, head, { ...data, features });
    assertEquals([...judged.subarray(0, 3)], [0, 0, 0]);
    release(gpu, [head.weight, head.bias]);
    await assertRejects(
      () => trainHead(gpu, { ...data, features }, OPTIONS),
      NonFiniteLossError,
      "Cannot use probe",
    );
    await assertRejects(() => trainHead(gpu, data, { ...OPTIONS, lr: 1e38 }), NonFiniteLossError, "probe.lr");
  },
);

Deno.test("standardisation() gives features mean 0 and deviation 1, but leaves what never changes alone", () => {
  const features = Float32Array.of(1, 7, 0, 3, 7, 1e-9);
  const { mean, scale } = standardisation(features, 3);
  assertEquals([...mean.subarray(0, 2)], [2, 7]);
  assertAlmostEquals(scale[0], 1);
  assert(scale[1] <= 1e4 * 1.001 && scale[2] <= 1e4 * 1.001);
  assertEquals([...standardisation(new Float32Array(4), 2).scale], [1, 1]);
});
