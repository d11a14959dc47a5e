/** The class with the nearest boundary, for untargeted FAB. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, sizeOf, u32 } from "../../engine/arrays/shape.ts";
import type { Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import finiteSource from "../../engine/wgsl/finite.wgsl" with { type: "text" };
import magnitudeSource from "../../engine/wgsl/magnitude.wgsl" with { type: "text" };
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import reduceSource from "./_reduce.wgsl" with { type: "text" };
import source from "./fab_nearest.wgsl" with { type: "text" };
import { exampleVec4s } from "./fab_step.ts";

/** Distance before the first class, and that of a class without a gradient. */
const FAR = 3e38, FURTHEST = 2.9e38;

/** Settings of the search. */
export interface FabNearestAttrs {
  readonly [key: string]: unknown;
  readonly norm: Norm;
  /** The class of gradient and difference. Class 0 comes first and resets the search. */
  readonly candidate: number;
  /** Add 1e-12 to the dual norm, as the official code does. */
  readonly officialConstants: boolean;
}

/**
 * Inputs: gradient [B, H, W, C] and difference [B, 1] of the candidate, labels [B], slot [B, 4]; gradient, difference and
 * distance [B, 1] of the nearest class, updated in place.
 */
export const fabNearestOp: OpDef<FabNearestAttrs> = {
  name: "fab_nearest",
  shape: () => [],
  lower: ({ inputs, attrs: { norm, candidate, officialConstants } }) => {
    const shape = inputs[0].spec.shape, B = shape[0];
    return [{
      label: "fab_nearest",
      source: fillTemplate(source, {
        include: [slotSource, finiteSource, magnitudeSource, reduceSource],
        consts: {
          B,
          INNER: exampleVec4s(shape),
          LINF: norm === "Linf" ? 1 : 0,
          CLASS: candidate,
          OFFICIAL: officialConstants ? 1 : 0,
        },
      }),
      bindings: inputs.map((operand, i) => ({ operand, kind: i >= 4 ? "read_write" : "read" })),
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  reference: ([w, f, labels, slot, gradient, difference, distance], attrs) => {
    const { norm, candidate, officialConstants } = attrs;
    const size = sizeOf(w.shape.slice(1));
    for (let b = 0; b < w.shape[0]; b++) {
      if (slot.data[4 * b] !== STATUS.running) continue;
      if (candidate === 0) {
        distance.data[b] = FAR;
        difference.data[b] = 0;
        gradient.data.fill(0, b * size, (b + 1) * size);
      }
      if (labels.data[b] === candidate) continue;
      const own = w.data.subarray(b * size, (b + 1) * size);
      const dual = norm === "Linf"
        ? own.reduce((sum, v) => sum + Math.abs(v), 0)
        : Math.sqrt(own.reduce((sum, v) => sum + v * v, 0));
      if (!Number.isFinite(f.data[b]) || !own.every(Number.isFinite)) continue;
      const found = officialConstants
        ? Math.abs(f.data[b]) / (1e-12 + dual)
        : dual === 0
        ? FURTHEST
        : Math.min(Math.abs(f.data[b]) / dual, FURTHEST);
      if (found >= distance.data[b]) continue;
      gradient.data.set(own, b * size);
      difference.data[b] = f.data[b];
      distance.data[b] = found;
    }
    return [];
  },
  mutates: [4, 5, 6],
  flops: () => 0,
  cases: (["Linf", "L2"] as const).flatMap((norm) =>
    [
      { name: "one pixel", b: 1, shape: [1, 1, 1], candidate: 1 },
      { name: "images", b: 7, shape: [5, 3, 3], candidate: 1 },
      { name: "above a workgroup", b: 9, shape: [9, 13, 3], candidate: 0 },
      { name: "many examples", b: 130, shape: [2, 2, 4], candidate: 2 },
      { name: "official constants", b: 7, shape: [5, 3, 3], candidate: 1, officialConstants: true },
    ].map(({ name, b, shape, candidate, officialConstants = false }) => ({
      name: `${norm}, ${name}`,
      inputs: [
        ...[f32(b, ...shape), f32(b, 1), u32(b), u32(b, 4)],
        ...[f32(b, ...shape), f32(b, 1), f32(b, 1)],
      ],
      attrs: { norm, candidate, officialConstants },
      below: 3,
    }))
  ),
};

/** The nearest class so far; updated in place. */
export interface Chosen {
  /** [B, H, W, C]. */
  readonly gradient: Variable;
  /** [B, 1]. */
  readonly difference: Variable;
  /** To the linearised boundary, [B, 1]. */
  readonly distance: Variable;
}

/**
 * Takes a class's gradient and difference where its linearised boundary is nearer than that of the classes before it. The
 * distance is |difference| / dual norm of the gradient; the dual of Linf is the sum of magnitudes, that of L2 is L2. A
 * class without a gradient is further than any other; a class with values that are not finite is skipped.
 * Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, eq. 7. Departure: fra31/auto-attack adds 1e-12 to the
 * dual norm; `officialConstants` does too.
 */
export function fabNearest(
  chosen: Chosen,
  { gradient, difference, labels, slot, norm, candidate, officialConstants }: FabNearestAttrs & {
    readonly gradient: Value;
    readonly difference: Value;
    readonly labels: Value;
    readonly slot: Value;
  },
): void {
  record(
    fabNearestOp,
    [gradient, difference, labels, slot, chosen.gradient, chosen.difference, chosen.distance],
    { norm, candidate, officialConstants },
  );
}
