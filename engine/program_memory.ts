/** The memory of a program: planned buffers and textures for the values inside it. */

import type { Gpu } from "./device.ts";
import { type Lifetime, planMemory } from "./memory_plan.ts";
import type { Operand } from "./op.ts";
import type { Placement } from "./placement.ts";
import { byteSize } from "./shape.ts";
import { readsOf, type Step, writesOf } from "./step.ts";
import { Variable } from "./tensor.ts";
import { textureBytes } from "./texture_layout.ts";
import { bufferOf } from "./variables.ts";

/** Where the operands of a program lie. */
export interface Memory {
  buffer(operand: Operand): GPUBuffer;
  texture(operand: Operand): GPUTexture;
  readonly owned: (GPUBuffer | GPUTexture)[];
  readonly workspaceBytes: number;
}

/** What memory is planned for. */
export interface MemoryNeeds {
  readonly steps: readonly Step[];
  /** Values whose memory is handed on to no other, so that they can be read after a run. */
  readonly kept: ReadonlySet<Operand>;
  readonly placement: Placement;
}

type Spans = Map<Operand, { readonly from: number; to: number }>;

/**
 * Plans and creates the memory of all values that live only inside the program.
 *
 * @throws {RangeError} If a value is larger than the device can bind; nothing is left allocated then.
 */
export function allocateMemory(gpu: Gpu, label: string, { steps, kept, placement }: MemoryNeeds): Memory {
  const spans: Record<"buffer" | "texture", Spans> = { buffer: new Map(), texture: new Map() };
  const touch = (map: Spans, operand: Operand, at: number) => {
    const span = map.get(operand);
    if (span === undefined) map.set(operand, { from: at, to: kept.has(operand) ? Infinity : at });
    else span.to = Math.max(span.to, at);
  };
  steps.forEach((step, at) => {
    for (const operand of [...readsOf(step), ...writesOf(step)]) {
      if (!(operand instanceof Variable)) touch(spans[placement.homeOf(operand, false)], operand, at);
    }
    for (const operand of placement.mirroredBy(step)) touch(spans.texture, operand, at);
  });
  const lifetimes = (map: Spans, sizeOf: (bytes: number) => number): Lifetime<Operand>[] =>
    [...map].map(([key, span]) => ({ key, sizeBytes: sizeOf(byteSize(key.spec)), ...span }));
  const plan = planMemory(lifetimes(spans.buffer, (bytes) => bytes));
  const texturePlan = planMemory(lifetimes(spans.texture, textureBytes));
  const buffers: GPUBuffer[] = [], textures: GPUTexture[] = [];
  try {
    plan.slotBytes.forEach((bytes, i) => buffers.push(gpu.buffers.create(`${label} slot ${i}`, bytes)));
    texturePlan.slotBytes.forEach((bytes, i) =>
      textures.push(gpu.buffers.createTexture(`${label} texture ${i}`, bytes))
    );
  } catch (error) {
    for (const resource of [...buffers, ...textures]) gpu.buffers.free(resource);
    throw error;
  }
  return {
    buffer: (operand) =>
      operand instanceof Variable ? bufferOf(gpu, operand) : buffers[plan.slotOf.get(operand)!],
    texture: (operand) => textures[texturePlan.slotOf.get(operand)!],
    owned: [...buffers, ...textures],
    workspaceBytes: [...plan.slotBytes, ...texturePlan.slotBytes].reduce((a, b) => a + b, 0),
  };
}
