/** Binding: the pipelines, bind groups and texture copies that a run encodes. */

import { byteSize } from "../arrays/shape.ts";
import type { Gpu } from "../device/device.ts";
import type { Operand } from "../graph/op.ts";
import { bindKernel } from "./kernel_source.ts";
import type { ExampleParts } from "./leading.ts";
import type { Memory, MemoryNeeds } from "./program_memory.ts";
import { type Step, writesOf } from "./step.ts";

/** One dispatch of a run. */
export interface Dispatch {
  readonly label: string;
  readonly op: string;
  readonly variant?: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
  readonly leadingSlack?: number;
  /** Whether it processes the examples in order. */
  readonly inParts: boolean;
  /** Whether it belongs to the first run only. */
  readonly once: boolean;
}

/** One copy of a value into its texture. */
export interface Copy {
  readonly buffer: GPUBuffer;
  readonly texture: GPUTexture;
  readonly sizeBytes: number;
  /** Whether it holds the examples in order. */
  readonly inParts: boolean;
  /** Whether it belongs to the first run only. */
  readonly once: boolean;
}

/** A dispatch or a copy. */
export type Item = Dispatch | Copy;

/** A program's items, and the WGSL of its dispatches in order. */
export interface BoundProgram {
  readonly items: readonly Item[];
  readonly sources: readonly string[];
}

/**
 * Compiles all steps and binds their operands.
 *
 * @throws {ShaderError} If a kernel does not compile.
 */
export async function bindSteps(
  gpu: Gpu,
  steps: readonly Step[],
  { memory, placement, copies, parts, constants }: Pick<MemoryNeeds, "placement" | "copies"> & {
    readonly memory: Memory;
    readonly parts: ExampleParts | null;
    readonly constants: ReadonlySet<Operand>;
  },
): Promise<BoundProgram> {
  const items: Item[] = [], sources: string[] = [];
  for (const [at, step] of steps.entries()) {
    const { source, bindings } = bindKernel(step, placement);
    const pipeline = await gpu.pipelines.get(step.label, source, bindings);
    await gpu.turn();
    for (const operand of copies[at]) {
      const buffer = memory.buffer(operand), texture = memory.texture(operand);
      const inParts = parts?.values.has(operand) ?? false;
      const once = constants.has(operand);
      items.push({ buffer, texture, sizeBytes: byteSize(operand.spec), inParts, once });
    }
    const group = gpu.device.createBindGroup({
      label: step.label,
      layout: pipeline.getBindGroupLayout(0),
      entries: bindings.map(({ binding, operand, form }) => ({
        binding,
        resource: form === "texture"
          ? memory.texture(operand).createView()
          : { buffer: memory.buffer(operand) },
      })),
    });
    const { label, op, variant, workgroups, leadingSlack } = step;
    const inParts = parts?.steps.has(step) ?? false, once = writesOf(step).every((o) => constants.has(o));
    items.push({ label, op, variant, pipeline, group, workgroups, leadingSlack, inParts, once });
    sources.push(source);
  }
  return { items, sources };
}
