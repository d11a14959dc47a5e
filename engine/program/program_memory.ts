/** The memory of a program: planned buffers for the values inside it, and textures for their copies. */

import type { Gpu } from "../device/device.ts";
import { type Lifetime, planMemory } from "./memory_plan.ts";
import type { Placement } from "./kernel_source.ts";
import type { Operand } from "../graph/op.ts";
import { byteSize } from "../arrays/shape.ts";
import { fixedReads, flexibleReads, type Step, writesOf } from "./step.ts";
import { Variable } from "../graph/tensor.ts";
import { textureBytes } from "../device/texture_layout.ts";
import { bufferOf } from "../graph/variables.ts";

/** Buffers and textures of a program's operands. */
export interface Memory {
  buffer(operand: Operand): GPUBuffer;
  texture(operand: Operand): GPUTexture;
  readonly owned: (GPUBuffer | GPUTexture)[];
  readonly workspaceBytes: number;
}

/** Input of the memory plan. */
export interface MemoryNeeds {
  readonly steps: readonly Step[];
  /** Values whose memory is not reused, so that they can be read after a run. */
  readonly kept: ReadonlySet<Operand>;
  /** Values computed and copied in the first run only; their memory is not reused. */
  readonly constants?: ReadonlySet<Operand>;
  readonly placement: Placement;
  /** For each step, the values that are copied to their textures before it. */
  readonly copies: readonly (readonly Operand[])[];
}

type Spans = Map<Operand, { readonly from: number; to: number }>;

/**
 * Plans and creates the memory of the values inside the program. The buffer of a copied value is reused after the copy,
 * unless something else reads it.
 *
 * @throws {RangeError} If a value is larger than the device can bind; nothing is left allocated then.
 */
export function allocateMemory(
  gpu: Gpu,
  label: string,
  { steps, kept, constants = new Set(), placement: { textureCopies, half }, copies }: MemoryNeeds,
): Memory {
  const buffered: Spans = new Map(), textured: Spans = new Map();
  const touch = (map: Spans, operand: Operand, at: number) => {
    const span = map.get(operand);
    if (span === undefined) map.set(operand, { from: at, to: at });
    else span.to = at;
  };
  steps.forEach((step, at) => {
    const inputs = flexibleReads(step).map(({ operand }) => operand);
    for (const operand of inputs) if (textureCopies.has(operand)) touch(textured, operand, at);
    const direct = inputs.filter((operand) => !textureCopies.has(operand));
    for (const operand of [...fixedReads(step), ...direct, ...copies[at], ...writesOf(step)]) {
      if (!(operand instanceof Variable)) touch(buffered, operand, at);
    }
  });
  for (const operand of [...kept, ...constants]) {
    if (buffered.has(operand)) buffered.get(operand)!.to = Infinity;
  }
  for (const operand of constants) {
    if (textured.has(operand)) textured.set(operand, { from: -1, to: Infinity });
  }
  const lifetimes = (map: Spans, sizeOf: (operand: Operand) => number): Lifetime<Operand>[] =>
    [...map].map(([key, span]) => ({ key, sizeBytes: sizeOf(key), ...span }));
  const plan = planMemory(lifetimes(buffered, (o) => byteSize(o.spec) / (half.has(o) ? 2 : 1)));
  const texturePlan = planMemory(lifetimes(textured, (o) => textureBytes(byteSize(o.spec))));
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
