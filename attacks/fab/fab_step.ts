/** FAB's step towards the decision boundary. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, rowCount, rowVec4s, type Shape, sizeOf, u32 } from "../../engine/arrays/shape.ts";
import type { Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import finiteSource from "../../engine/wgsl/finite.wgsl" with { type: "text" };
import magnitudeSource from "../../engine/wgsl/magnitude.wgsl" with { type: "text" };
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import reduceSource from "./_reduce.wgsl" with { type: "text" };
import source from "./fab_step.wgsl" with { type: "text" };
import { MIN_WEIGHT, OFFICIAL_MIN_WEIGHT, sizeIn, stepToPlane } from "./projection.ts";

/** Newton steps towards a multiplier; images take about a dozen. */
const MAX_ROUNDS = 50;

/** Settings of the step. */
export interface FabStepAttrs {
  readonly [key: string]: unknown;
  readonly norm: Norm;
  /** Maximum weight of the clean image's projection. */
  readonly alphaMax: number;
  /** Length of a step, relative to the distance to the plane. */
  readonly eta: number;
  /** Do not scale gradients, and skip entries below 1e-8 in L2, as the official code does. */
  readonly officialConstants: boolean;
}

/** Vec4s of one example. */
export function exampleVec4s(shape: Shape): number {
  return rowCount(shape.slice(1)) * rowVec4s(shape);
}

/** Inputs: gradient [B, H, W, C], difference [B, 1], origin [B, H, W, C], slot [B, 4]; images [B, H, W, C], updated in place. */
export const fabStepOp: OpDef<FabStepAttrs> = {
  name: "fab_step",
  shape: () => [],
  lower: ({ inputs, attrs: { norm, alphaMax, eta, officialConstants } }) => {
    const shape = inputs[4].spec.shape, B = shape[0];
    return [{
      label: "fab_step",
      source: fillTemplate(source, {
        include: [slotSource, finiteSource, magnitudeSource, reduceSource],
        consts: {
          B,
          INNER: exampleVec4s(shape),
          LINF: norm === "Linf" ? 1 : 0,
          CAP: MAX_ROUNDS,
          OFFICIAL: officialConstants ? 1 : 0,
        },
        text: {
          ALPHA: wgslFloat(alphaMax),
          ETA: wgslFloat(eta),
          MIN_WEIGHT: wgslFloat(officialConstants ? OFFICIAL_MIN_WEIGHT : MIN_WEIGHT),
        },
      }),
      bindings: inputs.map((operand, i) => ({ operand, kind: i === 4 ? "read_write" : "read" })),
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  reference: ([gradient, difference, origin, slot, images], attrs) => {
    const size = sizeOf(images.shape.slice(1));
    for (let b = 0; b < images.shape[0]; b++) {
      if (slot.data[4 * b] !== STATUS.running) continue;
      const [w, o, x] = [gradient, origin, images].map(({ data }) => data.subarray(b * size, (b + 1) * size));
      x.set(fabStep(x, { origin: o, gradient: w, difference: difference.data[b], ...attrs }));
    }
    return [];
  },
  mutates: [4],
  flops: () => 0,
  cases: (["Linf", "L2"] as const).flatMap((norm) =>
    [
      { name: "one pixel", b: 1, shape: [1, 1, 1] },
      { name: "images", b: 7, shape: [5, 3, 3] },
      { name: "above a workgroup", b: 3, shape: [9, 13, 3] },
      { name: "many examples", b: 130, shape: [2, 2, 4] },
      { name: "official constants", b: 7, shape: [5, 3, 3], officialConstants: true },
    ].map(({ name, b, shape, officialConstants = false }) => ({
      name: `${norm}, ${name}`,
      inputs: [f32(b, ...shape), f32(b, 1), f32(b, ...shape), u32(b, 4), f32(b, ...shape)],
      attrs: { norm, alphaMax: 0.1, eta: 1.05, officialConstants },
      below: 2,
    }))
  ),
};

/** One example of {@linkcode fabStepOp}, in float64 on the host. */
export function fabStep(
  x: ArrayLike<number>,
  { origin, gradient, difference, norm, alphaMax, eta, officialConstants }: FabStepAttrs & {
    origin: ArrayLike<number>;
    gradient: ArrayLike<number>;
    difference: number;
  },
): Float64Array<ArrayBuffer> {
  const largest = sizeIn("Linf", gradient);
  if (!Number.isFinite(largest) || !Number.isFinite(difference)) return Float64Array.from(x);
  const minWeight = officialConstants ? OFFICIAL_MIN_WEIGHT : MIN_WEIGHT * largest;
  let gap = difference;
  for (let i = 0; i < x.length; i++) gap += gradient[i] * (origin[i] - x[i]);
  const d1 = stepToPlane(x, { normal: gradient, gap: difference, norm, minWeight });
  const d2 = stepToPlane(origin, { normal: gradient, gap, norm, minWeight });
  const [a1, a2] = [d1, d2].map((d) => Math.max(sizeIn(norm, d), 1e-8));
  const alpha = Math.min(a1 / (a1 + a2), alphaMax);
  return d1.map((_, i) => {
    const moved = (1 - alpha) * (x[i] + eta * d1[i]) + alpha * (origin[i] + eta * d2[i]);
    return Math.min(Math.max(moved, 0), 1);
  });
}

/** Inputs of a step. */
export interface FabStepOptions extends FabStepAttrs {
  /** The clean images, [B, H, W, C]. */
  readonly origin: Value;
  /** Gradient of the difference by the images, [B, H, W, C]. */
  readonly gradient: Value;
  /** The target's logit less the label's, [B, 1]. */
  readonly difference: Value;
  readonly slot: Value;
}

/**
 * Moves the image of each running slot towards the plane on which the linearised logits of two classes are equal: mixes the
 * shortest steps there from the image and from the clean image, both within the pixel range and `eta` times as long.
 * Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, eq. 9 and 10. Departures: see `fab.ts`.
 *
 * @param images [B, H, W, C]; updated in place.
 */
export function fabStepImages(
  images: Variable,
  { gradient, difference, origin, slot, norm, alphaMax, eta, officialConstants }: FabStepOptions,
): void {
  const attrs = { norm, alphaMax, eta, officialConstants };
  record(fabStepOp, [gradient, difference, origin, slot, images], attrs);
}
