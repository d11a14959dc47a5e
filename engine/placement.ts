/** Where the values of a program lie, decided from how its steps use them. */

import type { Home, HomeOf } from "./kernel_source.ts";
import type { Operand } from "./op.ts";
import { byteSize } from "./shape.ts";
import { readsOf, type Step, writesOf } from "./step.ts";
import { Variable } from "./tensor.ts";
import { textureRows } from "./texture_layout.ts";

/** What decides where values lie. */
export interface PlacementLimits {
  /** Whether values lie in storage textures where they can, as suits a software adapter. */
  readonly textures: boolean;
  /** Storage textures that one kernel may bind. */
  readonly texturesPerKernel: number;
  /** The most rows of a texture. */
  readonly textureRows: number;
}

/** Where values lie. */
export interface Placement {
  readonly homeOf: HomeOf;
  /** Values of a step that are read from a copy in a texture, while they lie in a buffer. */
  mirroredBy(step: Step): Operand[];
}

/**
 * Places values: in textures, if wanted, what every step reads as an `input` and writes as an `output`; all else in
 * buffers, with a copy in a texture for steps that read it many times.
 */
export function placeValues(steps: readonly Step[], limits: PlacementLimits): Placement {
  const inBuffers = new Set<Operand>();
  const fits = (operand: Operand) =>
    operand.spec.dtype === "f32" && textureRows(byteSize(operand.spec)) <= limits.textureRows;
  for (const step of steps) {
    const fixed = step.bindings.filter(({ kind }) => kind === "read" || kind === "read_write");
    for (const { operand } of fixed) inBuffers.add(operand);
    for (const operand of [...readsOf(step), ...writesOf(step)]) {
      if (!limits.textures || operand instanceof Variable || !fits(operand)) inBuffers.add(operand);
    }
  }
  const home = (operand: Operand): Home => inBuffers.has(operand) ? "buffer" : "texture";
  const reusedBy = ({ bindings }: Step) =>
    new Set(bindings.filter(({ reused }) => reused).map(({ operand }) => operand));
  const mirrors = (operand: Operand) => limits.textures && home(operand) === "buffer" && fits(operand);
  // A kernel that would bind too many textures finds the surplus in buffers.
  for (const step of steps) {
    const reused = reusedBy(step);
    const bound = [...new Set([...readsOf(step), ...writesOf(step)])]
      .filter((operand) => home(operand) === "texture" && !reused.has(operand));
    const room = limits.texturesPerKernel - reused.size;
    bound.slice(Math.max(0, room)).forEach((operand) => inBuffers.add(operand));
  }
  return {
    homeOf: (operand, reused) => reused && mirrors(operand) ? "texture" : home(operand),
    mirroredBy: (step) => [...reusedBy(step)].filter(mirrors),
  };
}
