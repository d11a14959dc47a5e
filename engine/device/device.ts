/** The GPU: opens an adapter with raised limits, checks that it computes, and turns its errors into exceptions. */

import { type Backend, findAdapter, noAdapterText, type RequestAdapter } from "./backend.ts";
import { PipelineCache } from "./pipeline_cache.ts";
import { BufferStore } from "./buffer_store.ts";
import { firstVariant, type VariantPolicy } from "../autotune/variant_policy.ts";
import { type Debug, DEBUG_LEVELS, debugFromEnv } from "./debug.ts";
import { turn } from "./turn.ts";
import smokeSource from "../wgsl/smoke.wgsl" with { type: "text" };

/** The adapter, as results record it. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallback: boolean;
  /** Part of every result, since each backend gives different bits. */
  readonly backend: Backend;
  readonly features: readonly string[];
  /** The limits that the device was asked to raise. */
  readonly limits: Readonly<Record<RaisedLimit, number>>;
}

/** No adapter answers: the command line ends with exit code 4. */
export class NoAdapterError extends Error {
  override name = "NoAdapterError";
}

/** The device reported an error; the run has failed. */
export class GpuError extends Error {
  override name = "GpuError";
}

const RAISED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxStorageTexturesPerShaderStage",
  "maxTextureDimension2D",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/** A limit of WebGPU that {@linkcode openGpu} raises to what the adapter offers. */
export type RaisedLimit = typeof RAISED_LIMITS[number];

/** An open device with what belongs to it. Close it with `close()`. */
export class Gpu {
  readonly device: GPUDevice;
  readonly info: AdapterInfo;
  readonly pipelines: PipelineCache;
  readonly buffers: BufferStore;
  /** Where heavy kernels read from; part of every result, since it changes the bits. */
  readonly readPath: ReadPath;
  /** Which variant of an operation's kernels runs. */
  readonly variantPolicy: VariantPolicy;
  /** Precision in which values between kernels are stored. */
  readonly storage: ValueStorage;
  /** Debug output, or null. */
  readonly debug: Debug | null;
  /** Variants chosen so far, by operation, shapes and settings. */
  readonly chosenVariants: Map<string, string> = new Map();
  /** Work that all programs have submitted so far. */
  readonly work: { flops: number; dispatches: number } = { flops: 0, dispatches: 0 };
  #firstError: string | null = null;
  #signal: AbortSignal | null = null;

  constructor(
    device: GPUDevice,
    info: AdapterInfo,
    { readPath, variantPolicy, storage, debug }: {
      readonly readPath: ReadPath;
      readonly variantPolicy: VariantPolicy;
      readonly storage: ValueStorage;
      readonly debug: Debug | null;
    },
  ) {
    this.device = device;
    this.info = info;
    this.readPath = readPath;
    this.variantPolicy = variantPolicy;
    this.storage = storage;
    this.debug = debug;
    this.pipelines = new PipelineCache(device);
    this.buffers = new BufferStore(device);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#firstError ??= (event as GPUUncapturedErrorEvent).error.message;
    });
    device.lost?.then((lost) => {
      if (lost.reason !== "destroyed") this.#firstError ??= `the device was lost, ${lost.message}`;
    });
  }

  /**
   * Runs `work`; an aborted signal ends it at the next wait for the device, compiled kernel, or step of a {@linkcode
   * Pace}.
   *
   * @param signal Null for work that must not be interrupted, such as saving.
   * @throws The signal's reason.
   */
  async heed<T>(signal: AbortSignal | null, work: () => Promise<T>): Promise<T> {
    const outer = this.#signal;
    this.#signal = signal;
    try {
      return await work();
    } finally {
      this.#signal = outer;
    }
  }

  /**
   * Runs the event loop if it has not run for a while; see {@linkcode turn}.
   *
   * @throws {GpuError} If the device reported an error since it was opened.
   * @throws The reason of the current signal, if it is aborted.
   */
  async turn(): Promise<void> {
    await turn();
    this.checkErrors();
  }

  /**
   * Resolves when everything submitted so far has been computed.
   *
   * @throws {GpuError} If the device reported an error since it was opened.
   * @throws The reason of the current signal, if it is aborted.
   */
  async idle(): Promise<void> {
    await this.device.queue.onSubmittedWorkDone();
    this.checkErrors();
  }

  /** Throws the reason of the current signal if it is aborted, or the device's first error. */
  checkErrors(): void {
    this.#signal?.throwIfAborted();
    if (this.#firstError !== null) throw new GpuError(`Cannot continue computing: ${this.#firstError}`);
  }

  /** Frees all buffers and the device. */
  close(): void {
    this.buffers.destroy();
    this.device.destroy();
  }
}

/** Where heavy kernels read from: storage buffers, or copies in storage textures. */
export type ReadPath = "buffer" | "texture";

/** `f16`: half the memory traffic for 11 bits of precision; gradients below 6e-8 become zero. */
export type ValueStorage = "f32" | "f16";

/** How to open the device. */
export interface OpenOptions {
  /** Default: `texture` on a software adapter, where such reads are three times cheaper, else `buffer`. */
  readonly readPath?: ReadPath;
  /** Default: the first one, {@linkcode firstVariant}. */
  readonly variantPolicy?: VariantPolicy;
  /** Precision in which values between kernels are stored. Default: f32. Variables and outputs are always f32. */
  readonly storage?: ValueStorage;
  /** Debug output. Default: `$REALFEATURES_DEBUG`, see {@linkcode debugFromEnv}. */
  readonly debug?: Debug | null;
  /** The backend, such as "gl"; a process has only one. Default: the system's own, see {@linkcode findAdapter}. */
  readonly backend?: Backend | null;
  /** Where the adapter comes from. Default: the fastest one that WebGPU offers. */
  readonly requestAdapter?: RequestAdapter;
}

/**
 * Opens the best adapter with all the limits it offers and checks that it computes.
 *
 * @throws {NoAdapterError} If no adapter answers.
 * @throws {GpuError} If the smoke kernel returns a wrong answer, or values are to be stored as f16 and the adapter
 * cannot.
 * @throws {RangeError} If `$REALFEATURES_DEBUG` is not a level.
 */
export async function openGpu(options: OpenOptions = {}): Promise<Gpu> {
  const { requestAdapter, backend: asked = null, debug = debugFromEnv() } = options;
  const found = await findAdapter(asked, { requestAdapter });
  if (found === null) throw new NoAdapterError(noAdapterText(asked));
  const { adapter, backend } = found;
  const requiredLimits = Object.fromEntries(
    RAISED_LIMITS.map((name) => [name, Number(adapter.limits[name])]),
  ) as Record<RaisedLimit, number>;
  const { storage = "f32" } = options;
  if (storage === "f16" && !adapter.features.has("shader-f16")) {
    throw new GpuError(
      `Cannot store values as f16: the adapter offers no shader-f16, it is ${adapter.info.description}`,
    );
  }
  const requiredFeatures: GPUFeatureName[] = storage === "f16" ? ["shader-f16"] : [];
  if (debug !== null && debug.level >= DEBUG_LEVELS.times) {
    if (adapter.features.has("timestamp-query")) requiredFeatures.push("timestamp-query");
    else debug.write(`kernels are not timed: ${adapter.info.description} offers no timestamp-query\n`);
  }
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  const { vendor, architecture, device: deviceName, description } = adapter.info;
  const isFallback = adapter.info.isFallbackAdapter ?? false;
  const gpu = new Gpu(device, {
    vendor,
    architecture,
    device: deviceName,
    description,
    isFallback,
    backend,
    features: [...adapter.features].sort(),
    limits: requiredLimits,
  }, {
    readPath: options.readPath ?? (isFallback ? "texture" : "buffer"),
    variantPolicy: options.variantPolicy ?? firstVariant,
    storage,
    debug,
  });
  await runSmokeTest(gpu);
  return gpu;
}

/** Runs a kernel with a known answer: a shared-memory prefix sum of squares over 256 invocations. */
async function runSmokeTest(gpu: Gpu): Promise<void> {
  const { device } = gpu;
  const count = 256;
  const buffer = gpu.buffers.create("smoke", count * 4);
  const pipeline = await gpu.pipelines.get("smoke", smokeSource, [{ binding: 0, form: "read_write" }]);
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  const found = new Uint32Array(await gpu.buffers.read(buffer, count * 4));
  let expected = 0;
  for (let i = 0; i < count; i++) {
    expected += i * i;
    if (found[i] !== expected) {
      throw new GpuError(
        `Cannot trust this GPU: the start-up kernel gave ${
          found[i]
        } at ${i}, expected ${expected}, adapter ${gpu.info.description}`,
      );
    }
  }
  gpu.buffers.free(buffer);
}
