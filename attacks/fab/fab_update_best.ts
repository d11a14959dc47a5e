/** Updates the best image of FAB after an iteration. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, sizeOf, u32 } from "../../engine/arrays/shape.ts";
import type { Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import magnitudeSource from "../../engine/wgsl/magnitude.wgsl" with { type: "text" };
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import reduceSource from "./_reduce.wgsl" with { type: "text" };
import { exampleVec4s } from "./fab_step.ts";
import source from "./fab_update_best.wgsl" with { type: "text" };
import { sizeIn } from "./projection.ts";

/** Settings of the update. */
export interface FabUpdateBestAttrs {
  readonly [key: string]: unknown;
  readonly norm: Norm;
  /** Radius within which a misclassified image finishes the example; null: no radius. */
  readonly eps: number | null;
  /** After a misclassified point, the distance to the clean image is multiplied by this. */
  readonly beta: number;
  readonly iterations: number;
  readonly runs: number;
}

/** Inputs: right [B, 1], origin [B, H, W, C]; images, image [B, H, W, C], score [B, 1], slot [B, 4]: changed. */
export const fabUpdateBestOp: OpDef<FabUpdateBestAttrs> = {
  name: "fab_update_best",
  shape: () => [],
  lower: ({ inputs, attrs: { norm, eps, beta, iterations, runs } }) => {
    const shape = inputs[1].spec.shape, B = shape[0];
    return [{
      label: "fab_update_best",
      source: fillTemplate(source, {
        include: [slotSource, magnitudeSource, reduceSource],
        consts: {
          B,
          INNER: exampleVec4s(shape),
          LINF: norm === "Linf" ? 1 : 0,
          ITERATIONS: iterations,
          RUNS: runs,
        },
        text: { EPS: wgslFloat(eps ?? -1), BETA: wgslFloat(beta) },
      }),
      bindings: inputs.map((operand, i) => ({ operand, kind: i >= 2 ? "read_write" : "read" })),
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  reference: ([right, origin, images, image, score, slot], { norm, eps, beta, iterations, runs }) => {
    const size = sizeOf(origin.shape.slice(1));
    for (let b = 0; b < origin.shape[0]; b++) {
      const now = slot.data.subarray(4 * b, 4 * b + 4);
      if (now[0] !== STATUS.running) continue;
      const [o, x] = [origin, images].map(({ data }) => data.subarray(b * size, (b + 1) * size));
      if (right.data[b] < 0.5) {
        const distance = sizeIn(norm, x.map((v, i) => v - o[i]));
        if (distance < score.data[b]) {
          score.data[b] = distance;
          image.data.set(x, b * size);
        }
        x.forEach((v, i) => x[i] = Math.min(Math.max(o[i] + beta * (v - o[i]), 0), 1));
      }
      if (score.data[b] <= (eps ?? -1)) now[0] = STATUS.misclassified;
      else if (now[2] + 1 < iterations) now[2]++;
      else now.set([now[1] + 1 === runs ? STATUS.robust : STATUS.running, now[1] + 1, 0, 0]);
    }
    return [];
  },
  mutates: [2, 3, 4, 5],
  flops: () => 0,
  cases: (["Linf", "L2"] as const).flatMap((norm) =>
    [
      { name: "one pixel", b: 67, shape: [1, 1, 1], eps: 0.5 },
      { name: "images", b: 7, shape: [5, 3, 3], eps: 0.3 },
      { name: "above a workgroup", b: 9, shape: [9, 13, 3], eps: null },
      { name: "many examples", b: 130, shape: [2], eps: null },
    ].map(({ name, b, shape, eps }) => ({
      name: `${norm}, ${name}`,
      inputs: [
        ...[f32(b, 1), f32(b, ...shape), f32(b, ...shape), f32(b, ...shape), f32(b, 1), u32(b, 4)],
      ],
      attrs: { norm, eps, beta: 0.9, iterations: 2, runs: 2 },
      below: 2,
    }))
  ),
};

/** The variables of the keeping rule. */
export interface FabUpdateBestOptions extends FabUpdateBestAttrs {
  /** 1 where the image is classified as its label, [B, 1]. */
  readonly right: Value;
  readonly origin: Value;
  /** The misclassified image nearest to the clean one, [B, H, W, C], and its distance, [B, 1]; changed in place. */
  readonly image: Variable;
  readonly score: Variable;
  /** Changed in place. */
  readonly slot: Variable;
}

/**
 * Keeps misclassified images that are nearer than all before, goes back towards the clean image from them, and moves
 * the iteration on. Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, algorithm 1. Departures: see `fab.ts`.
 *
 * @param images Where the runs stand, [B, H, W, C]; changed in place.
 */
export function fabUpdateBest(images: Variable, options: FabUpdateBestOptions): void {
  const { right, origin, image, score, slot, norm, eps, beta, iterations, runs } = options;
  record(fabUpdateBestOp, [right, origin, images, image, score, slot], { norm, eps, beta, iterations, runs });
}
