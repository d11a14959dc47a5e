import { assertEquals, assertThrows } from "@std/assert";
import { BufferStore } from "./buffer_store.ts";
import { gpuTest } from "../testing/gpu.ts";

gpuTest("BufferStore.create() refuses what the device cannot bind and says what to do", async (gpu) => {
  const store = new BufferStore(gpu.device);
  const limit = Math.min(gpu.device.limits.maxBufferSize, gpu.device.limits.maxStorageBufferBindingSize);
  const error = assertThrows(() => store.create("activations", limit + 16), RangeError);
  assertEquals(
    error.message,
    `Cannot create buffer "activations": ${limit + 16} bytes asked, the device binds at most ${limit}\n` +
      "Hint: use a smaller batch size",
  );
  assertEquals(store.liveBytes, 0);
  await gpu.idle();
});

gpuTest("BufferStore counts what it holds, and the most it ever held", async (gpu) => {
  const store = new BufferStore(gpu.device);
  const first = store.create("first", 20), second = store.create("second", 64);
  assertEquals([store.liveBytes, store.peakBytes], [32 + 64, 32 + 64]);
  store.free(second);
  store.free(second);
  assertEquals([store.liveBytes, store.peakBytes], [32, 96]);
  store.createTexture("texture", 16);
  assertEquals(store.liveBytes, 32 + 2048 * 16);
  store.destroy();
  assertEquals(store.liveBytes, 0);
  store.free(first);
  assertEquals(store.liveBytes, 0);
  await gpu.idle();
});

gpuTest("BufferStore.resetPeak() lets the peak begin anew from what is held", async (gpu) => {
  const store = new BufferStore(gpu.device);
  const kept = store.create("kept", 32), freed = store.create("freed", 64);
  store.free(freed);
  assertEquals(store.peakBytes, 96);
  store.resetPeak();
  assertEquals(store.peakBytes, 32);
  store.free(store.create("smaller", 16));
  assertEquals([store.liveBytes, store.peakBytes], [32, 48]);
  store.free(kept);
  assertEquals(store.peakBytes, 48);
  store.resetPeak();
  assertEquals(store.peakBytes, 0);
  await gpu.idle();
});

gpuTest("BufferStore.read() gives zeros for a new buffer, and what was written", async (gpu) => {
  const store = new BufferStore(gpu.device);
  const buffer = store.create("b", 32);
  assertEquals(new Uint8Array(await store.read(buffer, 32)), new Uint8Array(32));
  gpu.device.queue.writeBuffer(buffer, 16, Uint32Array.of(7, 8, 9, 10));
  assertEquals([...new Uint32Array(await store.read(buffer, 32))], [0, 0, 0, 0, 7, 8, 9, 10]);
  store.destroy();
});

gpuTest("BufferStore.resetPeak() goes back to an earlier peak, but not below what is held", async (gpu) => {
  const store = gpu.buffers, held = store.liveBytes;
  const buffer = store.create("held", 1024);
  store.resetPeak(held + 4096);
  assertEquals(store.peakBytes, held + 4096);
  store.resetPeak(held);
  assertEquals(store.peakBytes, held + 1024);
  store.free(buffer);
  await gpu.idle();
});
