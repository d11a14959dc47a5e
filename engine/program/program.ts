/** Record once, replay many: a traced step becomes a fixed list of dispatches over planned memory. */

import { firstVariant, pinnedVariants, type VariantPolicy } from "../autotune/variant_policy.ts";
import { bindSteps, type Item } from "./bind.ts";
import { hoistConstants } from "./constants.ts";
import type { Debug } from "../device/debug.ts";
import type { Gpu } from "../device/device.ts";
import { fuseSteps } from "./fusion.ts";
import { liveNodes, type Node, record, trace } from "../graph/graph.ts";
import { printDispatches } from "./dispatch_list.ts";
import { followExamples, leadingGrid } from "./leading.ts";
import { chooseVariant, identity, lowerNodes } from "./lower.ts";
import type { Operand } from "../graph/op.ts";
import { chooseHalf, chooseTextureCopies, planCopies } from "./placement.ts";
import { Profile } from "./profile.ts";
import { allocateMemory } from "./program_memory.ts";
import { byteSize, sizeOf, type Spec, unpadRows } from "../arrays/shape.ts";
import { type HostData, type Tensor, Variable } from "../graph/tensor.ts";
import { copyToTexture } from "../device/texture_layout.ts";
import { release } from "../graph/variables.ts";

/** Named values to keep for reading after a run. */
export type Outputs = Readonly<Record<string, Tensor>>;

interface Output {
  readonly spec: Spec;
  readonly buffer: GPUBuffer;
}

/** Options of compilation; they do not change the results. */
export interface CompileOptions {
  /** Whether pointwise operations move into the kernels before them. */
  readonly fuse?: boolean;
  readonly variantPolicy?: VariantPolicy;
  /**
   * Variables with one entry per example along their first dimension, where examples do not influence each other.
   * `run()` can then compute the first examples alone.
   */
  readonly perExample?: readonly Variable[];
  /** With `perExample`: further variables that the host changes between runs. */
  readonly varying?: readonly Variable[];
  /**
   * With `perExample`: whether all variables that are neither named here nor written by the program, such as weights,
   * keep their values after its first run. Steps that depend on them alone then run once. Default false.
   */
  readonly keepConstants?: boolean;
  /** Debug output, or null. Default: the device's. */
  readonly debug?: Debug | null;
}

/** Options of a run. */
export interface RunOptions {
  /** Number of examples to compute, from the first; values of the others are undefined. Default: all. */
  readonly examples?: number;
}

/** A compiled step. `run()` encodes and submits it: no allocation, no await. */
export class Program {
  readonly #gpu: Gpu;
  readonly #label: string;
  readonly #items: readonly Item[];
  readonly #outputs: ReadonlyMap<string, Output>;
  readonly #owned: readonly (GPUBuffer | GPUTexture)[];
  readonly #examples: number | null;
  readonly #profile: Profile | null;
  #disposed = false;
  #hasRun = false;
  /** Bytes of planned memory, variables not counted. */
  readonly workspaceBytes: number;
  /** Multiplications and additions of one run. */
  readonly flops: number;
  /** Number of dispatches of one run. */
  readonly dispatches: number;

  private constructor(gpu: Gpu, parts: {
    label: string;
    items: readonly Item[];
    outputs: ReadonlyMap<string, Output>;
    owned: readonly (GPUBuffer | GPUTexture)[];
    workspaceBytes: number;
    flops: number;
    examples: number | null;
    profile: Profile | null;
  }) {
    this.#gpu = gpu;
    this.#label = parts.label;
    this.#items = parts.items;
    this.#outputs = parts.outputs;
    this.#owned = parts.owned;
    this.workspaceBytes = parts.workspaceBytes;
    this.flops = parts.flops;
    this.#examples = parts.examples;
    this.#profile = parts.profile;
    this.dispatches = parts.items.filter((item) => "pipeline" in item).length;
  }

  /** Names of the outputs that can be read. */
  get outputNames(): string[] {
    return [...this.#outputs.keys()];
  }

  /**
   * Records `build` and compiles it. The tensors it returns can be read after a run.
   *
   * @param label Names the program in messages and in the device's tools.
   * @param build Called once, now. Values it does not return are gone after a run, unless assigned to variables.
   * @param options Default: pointwise operations fused into others, variants by the device's policy.
   * @throws {ShaderError} If a kernel does not compile.
   * @throws {TypeError} If it uses or returns a tensor of another program.
   * @throws {RangeError} If a value is larger than the device can bind.
   */
  static async compile(
    gpu: Gpu,
    label: string,
    build: () => Outputs | void,
    {
      fuse = true,
      variantPolicy = gpu.variantPolicy,
      perExample,
      varying = [],
      keepConstants = false,
      debug = gpu.debug,
    }: CompileOptions = {},
  ): Promise<Program> {
    const { graph, result } = trace(build);
    const outputs = Object.entries(result ?? {}).map(([name, t]) => ({ name, tensor: graph.tensor(t) }));
    const nodes = liveNodes(graph, outputs.map(({ tensor }) => tensor));
    const choose = (node: Node) =>
      chooseVariant(gpu, node, { variantPolicy, time: (variant) => timeNode(gpu, node, variant) });
    const { steps: recorded, placeOf } = await lowerNodes(gpu, nodes, choose);
    const { steps: lowered, constants: found } = perExample === undefined
      ? { steps: recorded, constants: new Set<Operand>() }
      : hoistConstants(recorded, [...perExample, ...varying]);
    const constants = keepConstants ? found : new Set<Operand>();
    const kept = new Set<Operand>(outputs.map(({ tensor }) => placeOf(identity(tensor))));
    const { maxStorageBuffersPerShaderStage, maxStorageTexturesPerShaderStage, maxTextureDimension2D } =
      gpu.info.limits;
    const textures = gpu.readPath === "texture";
    const bindings = textures
      ? Math.min(maxStorageBuffersPerShaderStage, maxStorageTexturesPerShaderStage)
      : maxStorageBuffersPerShaderStage;
    const steps = fuse ? fuseSteps(lowered, { kept, bindings }) : lowered;
    const parts = perExample === undefined ? null : followExamples(steps, perExample);
    const textureCopies = chooseTextureCopies(steps, {
      textures,
      texturesPerKernel: maxStorageTexturesPerShaderStage,
      textureRows: maxTextureDimension2D,
      constants,
    });
    const half = gpu.storage === "f16" && !textures ? chooseHalf(steps, kept) : new Set<Operand>();
    const placement = { textureCopies, half };
    const copies = planCopies(steps, textureCopies);
    const memory = allocateMemory(gpu, label, { steps, kept, constants, placement, copies });
    try {
      const { items, sources } = await bindSteps(gpu, steps, { memory, placement, copies, parts, constants });
      gpu.checkErrors();
      const { workspaceBytes } = memory;
      if (debug !== null) printDispatches(debug, { label, items, workspaceBytes, sources });
      return new Program(gpu, {
        label,
        items,
        outputs: new Map(outputs.map(({ name, tensor }) => {
          return [name, { spec: tensor.spec, buffer: memory.buffer(placeOf(identity(tensor))) }];
        })),
        owned: memory.owned,
        examples: parts?.count ?? null,
        workspaceBytes,
        profile: Profile.of(gpu.device, { label, items, debug }),
        flops: nodes.reduce((sum, n) => sum + n.op.flops(n.inputs.map((t) => t.spec), n.attrs), 0),
      });
    } catch (error) {
      for (const resource of memory.owned) gpu.buffers.free(resource);
      throw error;
    }
  }

  /**
   * Submits one run. Errors of the device surface at the next `read()` or `idle()`.
   *
   * @throws {TypeError} If the program has been disposed.
   * @throws {RangeError} If it cannot run for that number of examples.
   */
  run({ examples }: RunOptions = {}): void {
    this.#checkUsable("run");
    const count = this.#examples ?? 0;
    if (examples !== undefined) this.#checkExamples(examples);
    if (examples === 0) return;
    const whole = examples === undefined || examples === count;
    const encoder = this.#gpu.device.createCommandEncoder({ label: this.#label });
    const profile = this.#profile;
    let pass: GPUComputePassEncoder | null = null;
    for (const item of this.#items) {
      if (item.once && this.#hasRun) continue;
      if ("pipeline" in item) {
        pass ??= encoder.beginComputePass(profile === null ? { label: this.#label } : profile.pass(item));
        pass.setPipeline(item.pipeline);
        pass.setBindGroup(0, item.group);
        const grid = whole || !item.inParts ? item.workgroups : leadingGrid(item, { examples, count });
        pass.dispatchWorkgroups(...grid);
        if (profile !== null) {
          pass.end();
          pass = null;
        }
      } else {
        pass?.end();
        pass = null;
        const part = whole || !item.inParts ? 1 : examples / count;
        copyToTexture(encoder, { ...item, sizeBytes: Math.ceil(item.sizeBytes / 16 * part) * 16 });
      }
    }
    pass?.end();
    profile?.finish(encoder);
    this.#gpu.device.queue.submit([encoder.finish()]);
    profile?.submitted();
    this.#hasRun = true;
    this.#gpu.work.flops += whole ? this.flops : this.flops * examples / count;
    this.#gpu.work.dispatches += this.dispatches;
  }

  /**
   * Values of an output after the runs submitted so far, row-major without padding.
   *
   * @throws {RangeError} If the program has no output of that name.
   * @throws {TypeError} If the program has been disposed.
   * @throws {GpuError} If the device has reported an error.
   */
  async read(name: string): Promise<HostData> {
    this.#checkUsable("read");
    const output = this.#outputs.get(name);
    if (output === undefined) {
      throw new RangeError(
        `Cannot read output "${name}" of "${this.#label}": it has ${
          [...this.#outputs.keys()].join(", ") || "none"
        }`,
      );
    }
    const bytes = await this.#gpu.buffers.read(output.buffer, byteSize(output.spec));
    this.#gpu.checkErrors();
    const size = sizeOf(output.spec.shape);
    return output.spec.dtype === "f32"
      ? unpadRows(new Float32Array(bytes), output.spec.shape, new Float32Array(size))
      : unpadRows(new Uint32Array(bytes), output.spec.shape, new Uint32Array(size));
  }

  /** Frees the planned memory; variables stay. The program cannot run afterwards. */
  dispose(): void {
    this.#disposed = true;
    for (const resource of this.#owned) this.#gpu.buffers.free(resource);
    this.#profile?.close();
  }

  #checkExamples(examples: number): void {
    if (
      this.#examples !== null && Number.isInteger(examples) && examples >= 0 && examples <= this.#examples
    ) return;
    const known = this.#examples === null
      ? "it was compiled without perExample"
      : `it has ${this.#examples} examples`;
    throw new RangeError(`Cannot run a part of program "${this.#label}": ${known}, ${examples} asked`);
  }

  #checkUsable(verb: string): void {
    if (this.#disposed) throw new TypeError(`Cannot ${verb} program "${this.#label}": it has been disposed`);
  }
}

/**
 * Milliseconds of one run of one variant of an operation: the minimum of three samples, each of as many runs as fill it.
 * Restores the device's counts of work and memory, which count the programs that users compile.
 */
async function timeNode(gpu: Gpu, { op, inputs, attrs }: Node, variant: string): Promise<number> {
  const stands = inputs.map(({ spec }, i) => new Variable(`timed ${i}`, spec));
  const build = () => Object.fromEntries(record(op, stands, attrs).map((t, i) => [`output ${i}`, t]));
  const variantPolicy = pinnedVariants({ [op.name]: variant }, firstVariant);
  const work = { ...gpu.work }, { peakBytes } = gpu.buffers;
  const program = await Program.compile(gpu, `timing of ${op.name}`, build, { variantPolicy, debug: null });
  try {
    const timeRuns = async (runs: number) => {
      const from = performance.now();
      for (let k = 0; k < runs; k++) program.run();
      await gpu.idle();
      return performance.now() - from;
    };
    await timeRuns(1);
    let runs = 1;
    for (let i = 0; i < 2; i++) {
      const workMs = Math.max(await timeRuns(runs) - WAIT_MS, 0.5);
      runs = Math.min(MAX_RUNS, Math.ceil(runs * Math.max(1, SAMPLE_MS / workMs)));
    }
    return Math.min(await timeRuns(runs), await timeRuns(runs), await timeRuns(runs)) / runs;
  } finally {
    program.dispose();
    release(gpu, stands);
    Object.assign(gpu.work, work);
    gpu.buffers.resetPeak(peakBytes);
  }
}

/** Latency of one wait for the device under Deno, in ms. */
const WAIT_MS = 11;
/** Work in one sample: keeps the wait's share small and the same for all variants. */
const SAMPLE_MS = 50;
/** Runs of one sample at most. */
const MAX_RUNS = 1000;
