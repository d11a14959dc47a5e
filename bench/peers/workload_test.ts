import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { createPeerModel, createPeerWorkload } from "./workload.ts";

gpuTest("createPeerWorkload() does 1.59 GFLOP a step, lowers its loss and frees everything", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const workload = await createPeerWorkload(gpu);
  // Three times the forward convolutions, less the gradient of the images; the rest is below one per cent.
  const forward = [[32, 27, 32], [16, 288, 32], [8, 288, 64]].map(([size, k, out]) =>
    2 * 64 * size * size * k * out
  );
  const expected = 3 * (forward[0] + forward[1] + forward[2]) - forward[0];
  assert(Math.abs(workload.flopsPerStep / expected - 1) < 0.02, `${workload.flopsPerStep} and ${expected}`);
  assertEquals(workload.parameters, 32 * 28 + 32 * 289 + 64 * 289 + 10 * 65);
  workload.step();
  const first = await workload.loss();
  for (let i = 0; i < 4; i++) workload.step();
  const last = await workload.loss();
  assert(Math.abs(first - Math.log(10)) < 0.1 && last < first, `${first}, then ${last}`);
  workload.dispose();
  assertEquals(gpu.buffers.liveBytes, before);
}, "texture");

gpuTest("createPeerWorkload() starts from given weights and asks for every one of them", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const zeros = createPeerModel().parameters.map(({ name, initial }) =>
    [name, new Float32Array(initial.length)] as const
  );
  const workload = await createPeerWorkload(gpu, { weights: new Map(zeros) });
  workload.step();
  assertAlmostEquals(await workload.loss(), Math.log(10), 1e-5);
  workload.dispose();
  const weights = new Map(zeros.slice(1));
  await assertRejects(
    () => createPeerWorkload(gpu, { weights }),
    RangeError,
    "Cannot set the weights: none for conv1.weight, given conv1.bias, conv2.weight",
  );
  assertEquals(gpu.buffers.liveBytes, before);
});
