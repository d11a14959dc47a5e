/** The memory of a program: planned buffers for values inside it, textures that mirror what is read through them. */

import type { Gpu } from "./device.ts";
import { type Lifetime, planMemory } from "./memory_plan.ts";
import type { Binding, Operand } from "./op.ts";
import { textureRows } from "./pipeline_cache.ts";
import { byteSize } from "./shape.ts";
import { Variable } from "./tensor.ts";
import { bufferOf } from "./variables.ts";
import { TEXTURE_ROW } from "./wgsl_template.ts";

/** One dispatch before it has memory. */
export interface Step {
  readonly label: string;
  readonly source: string;
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [number, number, number];
  readonly writes: ReadonlySet<Operand>;
}

/** Where the operands of a program lie. */
export interface Memory {
  buffer(operand: Operand): GPUBuffer;
  texture(operand: Operand): GPUTexture;
  readonly owned: (GPUBuffer | GPUTexture)[];
  readonly workspaceBytes: number;
}

/**
 * Plans and creates the memory of all values that live only inside the program.
 *
 * @param kept Values whose memory is handed on to no other, so that they can be read after a run.
 * @throws {RangeError} If a value is larger than the device can bind; nothing is left allocated then.
 */
export function allocateMemory(
  gpu: Gpu,
  label: string,
  { steps, kept }: { readonly steps: readonly Step[]; readonly kept: ReadonlySet<Operand> },
): Memory {
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
  const texturePlan = planMemory(
    [...textureSpans].map(([key, span]) => ({
      key,
      sizeBytes: textureRows(byteSize(key.spec)) * TEXTURE_ROW * 16,
      ...span,
    })),
  );
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
