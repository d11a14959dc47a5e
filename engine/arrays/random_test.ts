import { assert, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { findAdapter } from "../device/backend.ts";
import { normal2, philox4x32, stream, type U32x2, type U32x4, uniform01 } from "./random.ts";
import probeWgsl from "../wgsl/philox_probe.wgsl" with { type: "text" };
import philoxWgsl from "../wgsl/philox.wgsl" with { type: "text" };

// Known answers of the authors' library: Random123, tests/kat_vectors, lines "philox4x32 10".
const KNOWN: readonly { counter: U32x4; key: U32x2; out: U32x4 }[] = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    out: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    out: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    out: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

Deno.test("philox4x32() reproduces the known-answer vectors of Random123", () => {
  for (const { counter, key, out } of KNOWN) assertEquals(philox4x32(counter, key), out);
});

Deno.test("stream() is a function of seed and purpose", () => {
  assertEquals(stream(1, "a").key, stream(1, "a").key);
  const keys = [stream(0, "a"), stream(1, "a"), stream(2 ** 32, "a"), stream(0, "b"), stream(0, "")];
  assertEquals(new Set(keys.map((s) => s.key.join())).size, keys.length);
});

Deno.test("stream() keeps its keys from version to version", () => {
  assertEquals(stream(0, "init").bits(1, 2, 3), philox4x32([2, 1, 3, 0], stream(0, "init").key));
  assertEquals(stream(0, "init").key, [3290559980, 1850431413]);
});

Deno.test("stream() rejects a seed or counter outside its range", () => {
  assertThrows(() => stream(-1, "a"), RangeError, "Cannot make a random stream");
  assertThrows(() => stream(0.5, "a"), RangeError, "it is 0.5");
  assertThrows(() => stream(0, "a").bits(-1, 0), RangeError, "step must be");
  assertThrows(() => stream(0, "a").bits(0, 2 ** 32), RangeError, "example must be");
  assertThrows(() => stream(0, "a").below(0, { step: 0, example: 0 }), RangeError, "the bound must be");
});

Deno.test("Stream.fillUniform() and fillNormal() give the values uniform() and normal() give", () => {
  const s = stream(3, "fill");
  for (const length of [0, 1, 2, 3, 4, 5, 9]) {
    const u = s.fillUniform(7, new Float32Array(length), { example: 5 });
    const n = s.fillNormal(7, new Float32Array(length), { example: 5 });
    for (let i = 0; i < length; i++) {
      assertEquals(u[i], s.uniform(7, 5, i));
      assertEquals(n[i], s.normal(7, 5, i));
    }
  }
});

Deno.test("uniform01() is below 1 and exact in float32", () => {
  assertEquals(uniform01(0xffffffff), 1 - 2 ** -24);
  assertEquals(Math.fround(uniform01(0xffffffff)), uniform01(0xffffffff));
  assertEquals(uniform01(0xff), 0);
});

Deno.test("Stream.fillNormal() has the moments of a standard normal", () => {
  const n = 100_000;
  const x = stream(0, "moments").fillNormal(0, new Float32Array(n));
  const moment = (p: number) => x.reduce((sum, v) => sum + v ** p, 0) / n;
  // Five standard errors: sqrt(Var(x^p) / n) with Var = 1, 2, 15, 96.
  for (const [p, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]]) {
    assertLess(Math.abs(moment(p) - expected), 5 * Math.sqrt(variance / n));
  }
});

Deno.test("Stream.permutation() holds every index once and differs by step", () => {
  for (const n of [0, 1, 2, 5, 1000]) {
    const p = stream(0, "order").permutation(0, n);
    assertEquals([...p].sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
  }
  assertNotEquals(stream(0, "order").permutation(0, 1000), stream(0, "order").permutation(1, 1000));
});

Deno.test("Stream.permutation() takes every order of three equally often", () => {
  const counts = new Map<string, number>();
  for (let step = 0; step < 6000; step++) {
    const order = stream(0, "orders").permutation(step, 3).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  for (const count of counts.values()) assertLess(Math.abs(count - 1000), 5 * Math.sqrt(6000 * 5 / 36));
});

Deno.test("Stream.permutation() shuffles 50,000 indices in well under a second", () => {
  const start = performance.now();
  stream(0, "order").permutation(0, 50_000);
  assertLess(performance.now() - start, 500);
});

const adapter = (await findAdapter())?.adapter;
const noAdapter = adapter ? "" : " (ignored: no WebGPU adapter)";

Deno.test({ name: `philox.wgsl matches random.ts${noAdapter}`, ignore: !adapter, fn: matchDevice });

async function matchDevice(): Promise<void> {
  const count = 8192;
  const s = stream(11, "device");
  const counters = new Uint32Array(count * 4);
  KNOWN.forEach(({ counter }, i) => counters.set(counter, i * 4));
  for (let i = KNOWN.length; i < count; i++) counters.set([i * 2654435761, i % 7, i >> 3, 0], i * 4);
  const { bits, floats } = await onDevice(counters, s.key);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const [a, b, c, d] = philox4x32([...counters.subarray(i * 4, i * 4 + 4)] as unknown as U32x4, s.key);
    assertEquals([...bits.subarray(i * 4, i * 4 + 4)], [a, b, c, d]);
    assertEquals([...floats.subarray(i * 8, i * 8 + 4)], [a, b, c, d].map(uniform01));
    // philox_probe.wgsl gives its last four invocations extreme words.
    const [x, y] = i < count - 4 ? [a, b] : [i % 2 ? 0xffffffff : 0, i % 4 < 2 ? 0xffffffff : 0];
    const expected = [...normal2(x, y), ...normal2(c, d)];
    expected.forEach((v, j) => worst = Math.max(worst, Math.abs(floats[i * 8 + 4 + j] - v)));
  }
  assertLess(worst, 1e-5);
}

/** Runs the kernel once on its own device, which it destroys. */
async function onDevice(counters: Uint32Array<ArrayBuffer>, key: U32x2) {
  assert(adapter);
  const device = await adapter.requestDevice();
  const count = counters.length / 4;
  const { COPY_SRC, COPY_DST, STORAGE, MAP_READ } = GPUBufferUsage;
  const buffer = (size: number) => device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  const [input, keyBuffer, bits, floats] = [count * 16, 8, count * 16, count * 32].map(buffer);
  device.queue.writeBuffer(input, 0, counters);
  device.queue.writeBuffer(keyBuffer, 0, new Uint32Array(key));
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: philoxWgsl + probeWgsl }), entryPoint: "main" },
  });
  const entries = [input, keyBuffer, bits, floats].map((b, binding) => ({
    binding,
    resource: { buffer: b },
  }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(count / 64);
  pass.end();
  const staging = device.createBuffer({ size: count * 48, usage: COPY_DST | MAP_READ });
  encoder.copyBufferToBuffer(bits, 0, staging, 0, count * 16);
  encoder.copyBufferToBuffer(floats, 0, staging, count * 16, count * 32);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const data = staging.getMappedRange().slice(0);
  staging.unmap();
  device.destroy();
  return { bits: new Uint32Array(data, 0, count * 4), floats: new Float32Array(data, count * 16) };
}
