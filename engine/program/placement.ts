/**
 * Placement: values lie in buffers; on a software adapter, those read often get a copy in a storage texture, where
 * reads are several times cheaper. Writing to a texture costs more than writing to a buffer and copying: measured, see
 * docs/performance.md.
 */

import type { Operand } from "../graph/op.ts";
import { byteSize, vec4Count } from "../arrays/shape.ts";
import { flexibleReads, readsOf, type Step, writesOf } from "./step.ts";
import { Variable } from "../graph/tensor.ts";
import { textureRows } from "../device/texture_layout.ts";

/** Limits and facts that placement depends on. */
export interface PlacementLimits {
  /** Whether to make copies in textures. */
  readonly textures: boolean;
  /** Storage textures that one kernel may bind. */
  readonly texturesPerKernel: number;
  /** Rows of a texture at most. */
  readonly textureRows: number;
  /** Values copied in the first run only; their copies cost nothing per run. */
  readonly constants?: ReadonlySet<Operand>;
}

/**
 * Cost of copying a value, and the saving at each `#input` that reads it: one read per byte, or, where it is `reused`,
 * about one read per 32 multiply-adds. Measured on llvmpipe.
 */
const COST_MS = { copy: 0.06, copyPerMiB: 0.075, savedPerMiB: 0.15, savedPerGflop: 4.4 };

/** Values that are worth a copy in a texture: those read many times by much work, and large ones. */
export function chooseTextureCopies(steps: readonly Step[], limits: PlacementLimits): ReadonlySet<Operand> {
  if (!limits.textures) return new Set();
  const savedMs = new Map<Operand, number>();
  for (const step of steps) {
    for (const { operand, reused } of inputBindings(step)) {
      const once = COST_MS.savedPerMiB * byteSize(operand.spec) / 2 ** 20;
      const again = reused ? COST_MS.savedPerGflop * step.flops / 1e9 : 0;
      savedMs.set(operand, (savedMs.get(operand) ?? 0) + Math.max(once, again));
    }
  }
  const textureCopies = new Set<Operand>();
  for (const [operand, saved] of savedMs) {
    const bytes = byteSize(operand.spec);
    if (operand.spec.dtype !== "f32" || textureRows(bytes) > limits.textureRows) continue;
    const cost = limits.constants?.has(operand) ? 0 : COST_MS.copy + COST_MS.copyPerMiB * bytes / 2 ** 20;
    if (saved > cost) textureCopies.add(operand);
  }
  for (const step of steps) {
    const bound = inputBindings(step).toSorted((a, b) => Number(b.reused) - Number(a.reused))
      .map(({ operand }) => operand).filter((operand) => textureCopies.has(operand));
    bound.slice(limits.texturesPerKernel).forEach((operand) => textureCopies.delete(operand));
  }
  return textureCopies;
}

/** The bindings of a step that may be textures: a tail reads an input of the kernel through the kernel's binding. */
function inputBindings(step: Step): { operand: Operand; reused: boolean }[] {
  const own = step.bindings.filter(({ kind }) => kind === "input");
  const bound = new Set(own.map(({ operand }) => operand));
  const tail = new Set(flexibleReads(step).map(({ operand }) => operand).filter((o) => !bound.has(o)));
  return [...own, ...[...tail].map((operand) => ({ operand, reused: false }))];
}

/** Minimum size, in vec4s, of values whose storage matters. */
const LARGE = 4096;

/**
 * The large values that can be stored as f16: those that kernels read and write by `#input` and `#output` lines alone.
 */
export function chooseHalf(steps: readonly Step[], kept: ReadonlySet<Operand>): ReadonlySet<Operand> {
  const fixed = new Set<Operand>(kept);
  for (const { bindings } of steps) {
    for (const { operand, kind } of bindings) {
      if (kind === "read" || kind === "read_write") fixed.add(operand);
    }
  }
  const all = new Set(steps.flatMap((step) => [...readsOf(step), ...writesOf(step)]));
  return new Set(
    [...all].filter((operand) =>
      !(operand instanceof Variable) && !fixed.has(operand) && operand.spec.dtype === "f32" &&
      vec4Count(operand.spec.shape) >= LARGE
    ),
  );
}

/** Per step, the values to copy before it. */
export function planCopies(steps: readonly Step[], textureCopies: ReadonlySet<Operand>): Operand[][] {
  const fresh = new Set<Operand>();
  return steps.map((step) => {
    const operands = new Set(flexibleReads(step).map(({ operand }) => operand));
    const stale = [...operands].filter((operand) => textureCopies.has(operand) && !fresh.has(operand));
    stale.forEach((operand) => fresh.add(operand));
    writesOf(step).forEach((operand) => fresh.delete(operand));
    return stale;
  });
}
