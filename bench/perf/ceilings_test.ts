import { assert, assertEquals, assertRejects } from "@std/assert";
import { GpuError } from "../../engine/device/device.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { CeilingKernel } from "./ceiling_kernel.ts";
import { measureCeilings } from "./ceilings.ts";

gpuTest("measureCeilings() measures all of them with checked kernels, and frees its memory", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const options = { samples: 2, minSampleMs: 1, signal: new AbortController().signal };
  const found = await measureCeilings(gpu, options, { bytes: 2 ** 20, workgroups: 8, steps: 64 });
  assertEquals(
    found.map(({ name, unit }) => `${name} ${unit}`),
    ["arithmetic GFLOP/s", "copy GB/s", "read GB/s", "texture GB/s", "dispatch us", "wait us"],
  );
  assert(found.every(({ samples }) => samples.length === 2 && samples.every((value) => value > 0)));
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("CeilingKernel.check() refuses a kernel that did not compute what it should", async (gpu) => {
  const out = gpu.buffers.create("out", 16);
  const source = "@group(0) @binding(0) var<storage, read_write> out: array<f32>;\n" +
    "@compute @workgroup_size(1) fn main() { out[0] = 3.0; }";
  const plan = { name: "three", source, resources: [{ buffer: out }], workgroups: 1 };
  const kernel = await CeilingKernel.create(gpu, plan);
  await kernel.check(out, 3);
  const message = 'Cannot trust the measured ceiling "three": its kernel gave 3, expected 4';
  await assertRejects(() => kernel.check(out, 4), GpuError, message);
  gpu.buffers.free(out);
});
