import { assertEquals, assertThrows } from "@std/assert";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "./tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { bufferOf, read, release, write } from "./variables.ts";

gpuTest("read() gives the initial values, whatever the padding", async (gpu) => {
  for (const shape of [[], [1], [3], [4], [2, 5], [3, 2, 1], [0, 3]]) {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, (_, i) => i + 1);
    const variable = new Variable("x", f32(...shape), data);
    assertEquals(await read(gpu, variable), data, `[${shape}]`);
    release(gpu, [variable]);
  }
});

gpuTest("write() replaces the values and keeps zeros in the padding", async (gpu) => {
  const variable = new Variable("x", u32(2, 3));
  write(gpu, variable, Uint32Array.of(1, 2, 3, 4, 5, 2 ** 32 - 1));
  assertEquals([...await read(gpu, variable)], [1, 2, 3, 4, 5, 2 ** 32 - 1]);
  const stored = new Uint32Array(await gpu.buffers.read(bufferOf(gpu, variable), 32));
  assertEquals([...stored], [1, 2, 3, 0, 4, 5, 2 ** 32 - 1, 0]);
  release(gpu, [variable]);
});

gpuTest("write() refuses another number of values, or another type", (gpu) => {
  const variable = new Variable("labels", u32(4));
  assertThrows(
    () => write(gpu, variable, new Uint32Array(3)),
    RangeError,
    'Cannot write variable "labels": 3 values given for shape [4]',
  );
  assertThrows(
    () => write(gpu, variable, new Float32Array(4)),
    TypeError,
    'Cannot write variable "labels": it is u32, got Float32Array',
  );
  return Promise.resolve();
});

gpuTest("release() frees the device copy; the next use starts from the initial values", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const variable = new Variable("x", f32(2), Float32Array.of(1, 2));
  write(gpu, variable, Float32Array.of(8, 9));
  assertEquals(gpu.buffers.liveBytes, before + 16);
  release(gpu, [variable, variable]);
  assertEquals(gpu.buffers.liveBytes, before);
  assertEquals([...await read(gpu, variable)], [1, 2]);
  release(gpu, [variable]);
});
