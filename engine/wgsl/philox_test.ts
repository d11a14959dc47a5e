import { assert, assertEquals, assertLess } from "@std/assert";
import { normal2, philox4x32, stream, type U32x2, type U32x4, uniform01 } from "../../common/random.ts";
import { findAdapter } from "../device/backend.ts";
import probeWgsl from "./philox_probe.wgsl" with { type: "text" };
import philoxWgsl from "./philox.wgsl" with { type: "text" };

const adapter = (await findAdapter())?.adapter;
const noAdapter = adapter ? "" : " (ignored: no WebGPU adapter)";

Deno.test({ name: `philox.wgsl matches random.ts${noAdapter}`, ignore: !adapter, fn: matchDevice });

async function matchDevice(): Promise<void> {
  const count = 8192;
  const s = stream(11, "device");
  const counters = new Uint32Array(count * 4);
  counters.set([0, 0, 0, 0], 0);
  counters.set([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], 4);
  for (let i = 2; i < count; i++) counters.set([i * 2654435761, i % 7, i >> 3, 0], i * 4);
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
