/** Record once, replay many: a traced step becomes a fixed list of dispatches over planned memory. */

import type { Gpu } from "./device.ts";
import { liveNodes, type Node, trace } from "./graph.ts";
import type { Operand } from "./op.ts";
import { allocateMemory, type Memory, type Step } from "./program_memory.ts";
import { byteSize, sizeOf, type Spec, unpadRows } from "./shape.ts";
import type { HostData, Tensor } from "./tensor.ts";
import { TEXTURE_ROW } from "./wgsl_template.ts";

/** Named values to keep for reading after a run. */
export type Outputs = Readonly<Record<string, Tensor>>;

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

interface Copy {
  readonly buffer: GPUBuffer;
  readonly texture: GPUTexture;
  readonly sizeBytes: number;
}

/** A compiled step. `run()` encodes and submits it: no allocation, no await. */
export class Program {
  readonly #gpu: Gpu;
  readonly #label: string;
  readonly #items: readonly (Dispatch | Copy)[];
  readonly #outputs: ReadonlyMap<string, { spec: Spec; buffer: GPUBuffer }>;
  readonly #owned: readonly (GPUBuffer | GPUTexture)[];
  #disposed = false;
  /** Bytes of planned memory, variables not counted. */
  readonly workspaceBytes: number;
  /** Multiplications and additions of one run. */
  readonly flops: number;
  /** Number of dispatches of one run. */
  readonly dispatches: number;

  private constructor(gpu: Gpu, parts: {
    label: string;
    items: readonly (Dispatch | Copy)[];
    outputs: ReadonlyMap<string, { spec: Spec; buffer: GPUBuffer }>;
    owned: readonly (GPUBuffer | GPUTexture)[];
    workspaceBytes: number;
    flops: number;
  }) {
    this.#gpu = gpu;
    this.#label = parts.label;
    this.#items = parts.items;
    this.#outputs = parts.outputs;
    this.#owned = parts.owned;
    this.workspaceBytes = parts.workspaceBytes;
    this.flops = parts.flops;
    this.dispatches = parts.items.filter((item) => "pipeline" in item).length;
  }

  /** Names of the outputs that can be read. */
  get outputNames(): string[] {
    return [...this.#outputs.keys()];
  }

  /**
   * Records `build` and compiles what it did. The tensors it returns can be read after a run.
   *
   * @param label Names the program in messages and in the device's tools.
   * @param build Called once, now. Values it does not return are gone after a run, unless assigned to variables.
   * @throws {ShaderError} If a kernel does not compile.
   * @throws {TypeError} If it uses or returns a tensor of another program.
   * @throws {RangeError} If a value is larger than the device can bind.
   */
  static async compile(gpu: Gpu, label: string, build: () => Outputs | void): Promise<Program> {
    const { graph, result } = trace(build);
    const outputs = Object.entries(result ?? {}).map(([name, t]) => ({ name, tensor: graph.tensor(t) }));
    const nodes = liveNodes(graph, outputs.map(({ tensor }) => tensor));
    const views = viewsOf(nodes);
    const placeOf = (operand: Operand) => views.get(operand) ?? operand;
    const steps = nodes.filter(({ outputs: [first] }) => !views.has(first)).flatMap((node) =>
      lowerNode(gpu, node, placeOf)
    );
    const kept = new Set<Operand>(outputs.map(({ tensor }) => placeOf(identity(tensor))));
    const memory = allocateMemory(gpu, label, { steps, kept });
    try {
      const items = await bind(gpu, steps, memory);
      gpu.checkErrors();
      return new Program(gpu, {
        label,
        items,
        outputs: new Map(outputs.map(({ name, tensor }) => {
          return [name, { spec: tensor.spec, buffer: memory.buffer(placeOf(identity(tensor))) }];
        })),
        owned: memory.owned,
        workspaceBytes: memory.workspaceBytes,
        flops: nodes.reduce((sum, n) => sum + n.op.flops(n.inputs.map((t) => t.spec), n.attrs), 0),
      });
    } catch (error) {
      for (const resource of memory.owned) gpu.buffers.free(resource);
      throw error;
    }
  }

  /**
   * Submits one run; what the device has to say of it is heard at the next `read()` or `idle()`.
   *
   * @throws {TypeError} If the program has been disposed.
   */
  run(): void {
    this.#checkUsable("run");
    const encoder = this.#gpu.device.createCommandEncoder({ label: this.#label });
    let pass: GPUComputePassEncoder | null = null;
    for (const item of this.#items) {
      if ("pipeline" in item) {
        pass ??= encoder.beginComputePass({ label: this.#label });
        pass.setPipeline(item.pipeline);
        pass.setBindGroup(0, item.group);
        pass.dispatchWorkgroups(...item.workgroups);
      } else {
        pass?.end();
        pass = null;
        encodeMirror(encoder, item);
      }
    }
    pass?.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
    this.#gpu.work.flops += this.flops;
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

  /** Frees the planned memory; variables stay. The program cannot run any more. */
  dispose(): void {
    this.#disposed = true;
    for (const resource of this.#owned) this.#gpu.buffers.free(resource);
  }

  #checkUsable(verb: string): void {
    if (this.#disposed) throw new TypeError(`Cannot ${verb} program "${this.#label}": it has been disposed`);
  }
}

/** Pipelines and bind groups of all steps, and the copies into textures that go before them. */
async function bind(gpu: Gpu, steps: readonly Step[], memory: Memory): Promise<(Dispatch | Copy)[]> {
  const items: (Dispatch | Copy)[] = [];
  const mirrored = new Set<Operand>();
  for (const step of steps) {
    const kinds = step.bindings.map(({ kind }) => ({ kind }));
    const pipeline = await gpu.pipelines.get(step.label, step.source, kinds);
    const entries: GPUBindGroupEntry[] = [];
    for (const [binding, { operand, kind }] of step.bindings.entries()) {
      if (kind !== "texture") {
        entries.push({ binding, resource: { buffer: memory.buffer(operand) } });
        continue;
      }
      const texture = memory.texture(operand);
      if (!mirrored.has(operand)) {
        items.push({ buffer: memory.buffer(operand), texture, sizeBytes: byteSize(operand.spec) });
        mirrored.add(operand);
      }
      entries.push({ binding, resource: texture.createView() });
    }
    const layout = pipeline.getBindGroupLayout(0);
    const group = gpu.device.createBindGroup({ label: step.label, layout, entries });
    items.push({ pipeline, group, workgroups: step.workgroups });
    step.writes.forEach((operand) => mirrored.delete(operand));
  }
  return items;
}

/** A variable has one identity however many graphs use it. */
function identity(tensor: Tensor): Operand {
  return tensor.variable ?? tensor;
}

/** Values that lie in the memory of another one, which is never a view itself. Variables change: none views them. */
function viewsOf(nodes: readonly Node[]): Map<Operand, Operand> {
  const views = new Map<Operand, Operand>();
  for (const { op, inputs: [input], outputs: [output] } of nodes) {
    if (input === undefined || input.variable !== null || !op.isView?.(input.spec, output.spec)) continue;
    views.set(output, views.get(input) ?? input);
  }
  return views;
}

function lowerNode(gpu: Gpu, node: Node, placeOf: (operand: Operand) => Operand): Step[] {
  const inputs = node.inputs.map(identity);
  const kernels = node.op.lower({
    inputs,
    outputs: node.outputs,
    attrs: node.attrs,
    textures: gpu.variant === "texture",
    storageBuffers: gpu.info.limits.maxStorageBuffersPerShaderStage,
    scratch: (spec) => ({ spec }),
  });
  return kernels.map((kernel) => {
    const bindings = kernel.bindings.map(({ operand, kind }) => ({ operand: placeOf(operand), kind }));
    return {
      ...kernel,
      bindings,
      writes: new Set(bindings.filter(({ kind }) => kind === "read_write").map(({ operand }) => operand)),
    };
  });
}

/** Copies a buffer into the texture that mirrors it: whole rows at once, then the rest of the last one. */
function encodeMirror(encoder: GPUCommandEncoder, { buffer, texture, sizeBytes }: Copy): void {
  const texels = sizeBytes / 16;
  const rows = Math.floor(texels / TEXTURE_ROW);
  const rest = texels - rows * TEXTURE_ROW;
  const bytesPerRow = TEXTURE_ROW * 16;
  if (rows > 0) {
    encoder.copyBufferToTexture({ buffer, bytesPerRow, rowsPerImage: rows }, { texture }, [
      TEXTURE_ROW,
      rows,
    ]);
  }
  if (rest > 0) {
    encoder.copyBufferToTexture(
      { buffer, offset: rows * bytesPerRow, bytesPerRow, rowsPerImage: 1 },
      { texture, origin: [0, rows] },
      [rest, 1],
    );
  }
}
