/** Measures the adapter's own limits, with which kernels are compared. */

import type { AdapterInfo, Gpu } from "../../engine/device/device.ts";
import { CeilingKernel } from "./ceiling_kernel.ts";
import type { Ceiling, CeilingName } from "../records/perf_record.ts";
import { sample, type SamplingOptions } from "./sample.ts";
import arithmeticSource from "./ceiling_arithmetic.wgsl" with { type: "text" };
import copySource from "./ceiling_copy.wgsl" with { type: "text" };
import dispatchSource from "./ceiling_dispatch.wgsl" with { type: "text" };
import readSource from "./ceiling_read.wgsl" with { type: "text" };
import textureSource from "./ceiling_texture.wgsl" with { type: "text" };

/** How large the kernels are. */
export interface CeilingSizes {
  /** Bytes of the buffer that is copied, summed and read as a texture; a power of two from 1 MiB. */
  readonly bytes: number;
  /** Workgroups of the arithmetic kernel, and steps of its chains. */
  readonly workgroups: number;
  readonly steps: number;
}

/**
 * Far above the caches of graphics cards. Software adapters compute on a processor whose cache holds what one kernel
 * leaves for the next: there as large as the networks' larger activations, so that both have the same memory.
 */
function defaultSizes({ isFallback, limits }: AdapterInfo): CeilingSizes {
  const bytes = Math.min(
    isFallback ? 2 ** 23 : 2 ** 28,
    2 ** Math.floor(Math.log2(limits.maxStorageBufferBindingSize)),
  );
  return { bytes, workgroups: 4096, steps: 512 };
}

/** Vec4s that an invocation sums. Fewer mean more starts and results, more leave caches unused on processors. */
const SUMMED = 16;
/** Workgroups of the copy; larger buffers are copied in several steps. */
const COPY_GROUPS = 32_768;
/** Flops of a step of the arithmetic kernel: 3 chains of 4 lanes. */
const STEP_FLOPS = 24;

/**
 * Measures all ceilings: arithmetic, memory (copy, read, and read through a storage texture), dispatch and wait. Every
 * kernel's result is checked once, so no compiler can have removed the computation.
 *
 * @throws {GpuError} If a kernel's result is wrong.
 */
export async function measureCeilings(
  gpu: Gpu,
  options: SamplingOptions,
  sizes: CeilingSizes = defaultSizes(gpu.info),
): Promise<Ceiling[]> {
  const buffers = {
    factors: gpu.buffers.create("ceiling factors", 32),
    data: gpu.buffers.create("ceiling data", sizes.bytes),
    copied: gpu.buffers.create("ceiling copy", Math.max(sizes.bytes, sizes.workgroups * 1024)),
  };
  const texture = gpu.buffers.createTexture("ceiling texture", sizes.bytes);
  try {
    fillInputs(gpu, buffers, texture);
    return [
      await arithmetic(gpu, { buffers, sizes, options }),
      ...await memory(gpu, { buffers, texture, sizes, options }),
      await dispatch(gpu, { out: buffers.factors, options }),
      await wait(gpu, options),
    ];
  } finally {
    for (const resource of [...Object.values(buffers), texture]) gpu.buffers.free(resource);
  }
}

interface Buffers {
  readonly factors: GPUBuffer;
  readonly data: GPUBuffer;
  readonly copied: GPUBuffer;
}

/** Factors of the chains, and data of ones and twos whose sums are exact. */
function fillInputs(gpu: Gpu, { factors, data }: Buffers, texture: GPUTexture): void {
  const { queue } = gpu.device;
  queue.writeBuffer(factors, 0, Float32Array.from({ length: 8 }, (_, i) => i < 4 ? 0.999 : 0.001));
  const values = Float32Array.from({ length: 2 ** 18 }, (_, i) => 1 + (i >> 2) % 2);
  for (let at = 0; at < data.size; at += values.byteLength) queue.writeBuffer(data, at, values);
  const encoder = gpu.device.createCommandEncoder();
  const [width, height] = [texture.width, texture.height];
  encoder.copyBufferToTexture({ buffer: data, bytesPerRow: width * 16 }, { texture }, [width, height]);
  queue.submit([encoder.finish()]);
}

interface Task {
  readonly buffers: Buffers;
  readonly sizes: CeilingSizes;
  readonly options: SamplingOptions;
}

async function arithmetic(gpu: Gpu, { buffers, sizes, options }: Task): Promise<Ceiling> {
  const { workgroups, steps } = sizes;
  const kernel = await CeilingKernel.create(gpu, {
    name: "arithmetic",
    source: arithmeticSource,
    constants: { STEPS: steps },
    resources: [{ buffer: buffers.factors }, { buffer: buffers.copied }],
    workgroups,
  });
  // x becomes 1 + (x - 1) * 0.999^steps; the chains start at 2, 3 and 4.
  await kernel.check(buffers.copied, 3 + 6 * 0.999 ** steps);
  const { samplesMs } = await sample(gpu, (runs) => kernel.submit(runs), options);
  const flops = workgroups * 64 * steps * STEP_FLOPS;
  return { name: "arithmetic", unit: "GFLOP/s", samples: samplesMs.map((ms) => flops / ms / 1e6) };
}

async function memory(gpu: Gpu, task: Task & { texture: GPUTexture }): Promise<Ceiling[]> {
  const { buffers: { data, copied }, texture, sizes: { bytes }, options } = task;
  const plans: {
    name: CeilingName;
    source: string;
    each: number;
    input: GPUBindingResource;
    first: number;
  }[] = [
    {
      name: "copy",
      source: copySource,
      each: Math.max(1, bytes / 1024 / COPY_GROUPS),
      input: { buffer: data },
      first: 1,
    },
    { name: "read", source: readSource, each: SUMMED, input: { buffer: data }, first: SUMMED },
    { name: "texture", source: textureSource, each: SUMMED, input: texture.createView(), first: SUMMED },
  ];
  const found: Ceiling[] = [];
  for (const { name, source, each, input, first } of plans) {
    const kernel = await CeilingKernel.create(gpu, {
      name,
      source,
      resources: [input, { buffer: copied }],
      workgroups: bytes / 16 / each / 64,
    });
    await kernel.check(copied, first);
    const { samplesMs } = await sample(gpu, (runs) => kernel.submit(runs), options);
    const moved = name === "copy" ? 2 * bytes : bytes + bytes / each;
    found.push({ name, unit: "GB/s", samples: samplesMs.map((ms) => moved / ms / 1e6) });
  }
  return found;
}

async function dispatch(
  gpu: Gpu,
  { out, options }: { out: GPUBuffer; options: SamplingOptions },
): Promise<Ceiling> {
  gpu.device.queue.writeBuffer(out, 0, new Float32Array(8));
  const plan = { name: "dispatch", source: dispatchSource, resources: [{ buffer: out }], workgroups: 1 };
  const kernel = await CeilingKernel.create(gpu, plan);
  await kernel.check(out, 1);
  const { samplesMs } = await sample(gpu, (runs) => kernel.submit(runs), options);
  return { name: "dispatch", unit: "us", samples: samplesMs.map((ms) => ms * 1000) };
}

/** An idle queue is still waited for: under Deno until its next look at the device. */
async function wait(gpu: Gpu, { samples, minSampleMs, signal }: SamplingOptions): Promise<Ceiling> {
  const found: number[] = [];
  await gpu.idle();
  for (let i = 0; i < samples; i++) {
    signal.throwIfAborted();
    const from = performance.now();
    let waits = 0;
    for (; waits < 1 || performance.now() - from < minSampleMs; waits++) await gpu.idle();
    found.push((performance.now() - from) / waits * 1000);
  }
  return { name: "wait", unit: "us", samples: found };
}
