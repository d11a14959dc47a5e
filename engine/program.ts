/** Record once, replay many: a traced step becomes a fixed list of dispatches over planned memory. */

import type { Gpu } from "./device.ts";
import { liveNodes, type Node, trace } from "./graph.ts";
import type { Binding, Operand } from "./op.ts";
import { textureRows } from "./pipeline_cache.ts";
import { type Lifetime, planMemory } from "./memory_plan.ts";
import { byteSize, sizeOf, type Spec, unpadRows } from "./shape.ts";
import { type HostData, type Tensor, Variable } from "./tensor.ts";
import { bufferOf } from "./variables.ts";
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

interface Step {
  readonly label: string;
  readonly source: string;
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [number, number, number];
  readonly writes: ReadonlySet<Operand>;
}

/** A compiled step. `run()` encodes and submits it: no allocation, no await. */
export class Program {
  readonly #gpu: Gpu;
  readonly #label: string;
  readonly #items: readonly (Dispatch | Copy)[];
  readonly #outputs: ReadonlyMap<string, { spec: Spec; buffer: GPUBuffer }>;
  readonly #owned: readonly (GPUBuffer | GPUTexture)[];
  /** Bytes of planned memory, variables not counted. */
  readonly workspaceBytes: number;
  /** Multiplications and additions of one run. */
  readonly flops: number;

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
  }

  /** Names of the outputs that can be read. */
  get outputNames(): string[] {
    return [...this.#outputs.keys()];
  }

  /** Number of dispatches of one run. */
  get dispatches(): number {
    return this.#items.filter((item) => "pipeline" in item).length;
  }

  /**
   * Records `build` and compiles what it did. The tensors it returns can be read after a run.
   *
   * @throws {ShaderError} If a kernel does not compile.
   */
  static async compile(gpu: Gpu, label: string, build: () => Outputs | void): Promise<Program> {
    const { graph, result } = trace(build);
    const outputs: Outputs = result ?? {};
    const nodes = liveNodes(graph, Object.values(outputs));
    const steps = nodes.flatMap((node) => lowerNode(gpu, node));
    const kept = new Set<Operand>(Object.values(outputs).map(identity));
    const memory = allocate(gpu, label, steps, kept);
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
      const group = gpu.device.createBindGroup({
        label: step.label,
        layout: pipeline.getBindGroupLayout(0),
        entries,
      });
      items.push({ pipeline, group, workgroups: step.workgroups });
      step.writes.forEach((operand) => mirrored.delete(operand));
    }
    gpu.checkErrors();
    return new Program(gpu, {
      label,
      items,
      outputs: new Map(
        Object.entries(outputs).map((
          [name, t],
        ) => [name, { spec: t.spec, buffer: memory.buffer(identity(t)) }]),
      ),
      owned: memory.owned,
      workspaceBytes: memory.workspaceBytes,
      flops: nodes.reduce((sum, n) => sum + n.op.flops(n.inputs.map((t) => t.spec), n.attrs), 0),
    });
  }

  /** Submits one run. */
  run(): void {
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
  }

  /**
   * Values of an output after the runs submitted so far, row-major without padding.
   *
   * @throws {RangeError} If the program has no output of that name.
   */
  async read(name: string): Promise<HostData> {
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

  /** Frees the planned memory; variables stay. */
  dispose(): void {
    for (const resource of this.#owned) this.#gpu.buffers.free(resource);
  }
}

/** A variable has one identity however many graphs use it. */
function identity(tensor: Tensor): Operand {
  return tensor.variable ?? tensor;
}

function lowerNode(gpu: Gpu, node: Node): Step[] {
  const inputs = node.inputs.map(identity);
  const kernels = node.op.lower({
    inputs,
    outputs: node.outputs,
    attrs: node.attrs,
    textures: gpu.variant === "texture",
    scratch: (spec) => ({ spec }),
  });
  return kernels.map((kernel) => ({
    ...kernel,
    writes: new Set(kernel.bindings.filter((b) => b.kind === "read_write").map((b) => b.operand)),
  }));
}

interface Memory {
  buffer(operand: Operand): GPUBuffer;
  texture(operand: Operand): GPUTexture;
  readonly owned: (GPUBuffer | GPUTexture)[];
  readonly workspaceBytes: number;
}

/** Plans and creates the memory of all values that live only inside the program. */
function allocate(gpu: Gpu, label: string, steps: readonly Step[], kept: ReadonlySet<Operand>): Memory {
  const spans = new Map<Operand, { from: number; to: number }>();
  const textureSpans = new Map<Operand, { from: number; to: number }>();
  const touch = (map: typeof spans, operand: Operand, at: number) => {
    const span = map.get(operand);
    if (span === undefined) map.set(operand, { from: at, to: at });
    else span.to = at;
  };
  steps.forEach((step, at) => {
    for (const { operand, kind } of step.bindings) {
      touch(spans, operand, at);
      if (kind === "texture") touch(textureSpans, operand, at);
    }
  });
  const inside: Lifetime<Operand>[] = [];
  for (const [key, span] of spans) {
    if (key instanceof Variable) continue;
    inside.push({
      key,
      sizeBytes: byteSize(key.spec),
      from: span.from,
      to: kept.has(key) ? Infinity : span.to,
    });
  }
  const plan = planMemory(inside);
  const buffers = plan.slotBytes.map((bytes, i) => gpu.buffers.create(`${label} slot ${i}`, bytes));
  const texturePlan = planMemory(
    [...textureSpans].map(([key, span]) => ({
      key,
      sizeBytes: textureRows(byteSize(key.spec)) * TEXTURE_ROW * 16,
      ...span,
    })),
  );
  const textures = texturePlan.slotBytes.map((bytes, i) =>
    gpu.buffers.createTexture(`${label} texture ${i}`, bytes)
  );
  return {
    buffer: (operand) =>
      operand instanceof Variable ? bufferOf(gpu, operand) : buffers[plan.slotOf.get(operand)!],
    texture: (operand) => textures[texturePlan.slotOf.get(operand)!],
    owned: [...buffers, ...textures],
    workspaceBytes: [...plan.slotBytes, ...texturePlan.slotBytes].reduce((a, b) => a + b, 0),
  };
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
