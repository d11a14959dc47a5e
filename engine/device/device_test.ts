import { assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { noAdapterText } from "./backend.ts";
import { GpuError, NoAdapterError, openGpu } from "./device.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read } from "../graph/variables.ts";

Deno.test("openGpu() says what to do where there is no adapter", async () => {
  const error = await assertRejects(
    () => openGpu({ requestAdapter: () => Promise.resolve(null) }),
    NoAdapterError,
  );
  assertEquals(error.message, noAdapterText(null));
});

gpuTest("openGpu() describes the adapter and raises the limits to what it offers", async (gpu) => {
  assertGreater(gpu.info.limits.maxStorageBufferBindingSize, 2 ** 26);
  assertEquals(gpu.device.limits.maxBufferSize, gpu.info.limits.maxBufferSize);
  assertEquals(typeof gpu.info.description, "string");
  await gpu.idle();
});

gpuTest("openGpu() leaves nothing allocated by its own check", async () => {
  const gpu = await openGpu();
  assertEquals(gpu.buffers.liveBytes, 0);
  gpu.close();
});

gpuTest(
  "Gpu.idle() and read() fail with the first error that the device reported, and stay failed",
  async () => {
    const gpu = await openGpu();
    const variable = new Variable("x", f32(4));
    await gpu.idle();
    gpu.device.createBuffer({
      label: "impossible",
      size: 16,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE,
    });
    const error = await assertRejects(() => gpu.idle(), GpuError, "Cannot continue computing: ");
    gpu.device.createBuffer({
      label: "later",
      size: 16,
      usage: GPUBufferUsage.MAP_WRITE | GPUBufferUsage.STORAGE,
    });
    await assertRejects(() => read(gpu, variable), GpuError, error.message);
    assertThrows(() => gpu.checkErrors(), GpuError, error.message);
    gpu.close();
  },
);
