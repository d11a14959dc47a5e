/** Updates the best point of Auto-PGD after an evaluation, and returns to it where the walk restarts from there. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, type Shape, sizeOf, type Spec, u32, vec4Count } from "../../engine/arrays/shape.ts";
import type { Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import source from "./apgd_update_best.wgsl" with { type: "text" };

/**
 * Inputs: points, gradient, best, best gradient [B, …], updated in place; fresh [B, …], actions [B, 4]; optional image
 * [B, …], updated in place.
 */
export const apgdUpdateBestOp: OpDef<Record<string, never>> = {
  name: "apgd_update_best",
  shape: () => [],
  lower: ({ inputs }) => {
    const { shape } = inputs[0].spec, COUNT = vec4Count(shape);
    const consts = { COUNT, PIXELS: COUNT / Math.max(1, shape[0]), IMAGE: inputs.length > 6 ? 1 : 0 };
    return [{
      label: "apgd_update_best",
      source: fillTemplate(source, { consts }),
      bindings: inputs.map((operand, i) => ({ operand, kind: i < 4 || i > 5 ? "read_write" : "read" })),
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
      leading: true,
    }];
  },
  backward: null,
  mutates: (inputs) => inputs > 6 ? [0, 1, 2, 3, 6] : [0, 1, 2, 3],
  reference: ([points, gradient, best, bestGradient, fresh, actions, image]) => {
    const size = sizeOf(points.shape.slice(1));
    for (let i = 0; i < points.data.length; i++) {
      const [ran, keep, back, overall] = actions.data.subarray(4 * Math.floor(i / size));
      if (ran === 0) continue;
      if (overall !== 0 && image !== undefined) image.data[i] = points.data[i];
      gradient.data[i] = fresh.data[i];
      if (keep !== 0) {
        best.data[i] = points.data[i];
        bestGradient.data[i] = gradient.data[i];
      }
      if (back !== 0) {
        points.data[i] = best.data[i];
        gradient.data[i] = bestGradient.data[i];
      }
    }
    return [];
  },
  flops: () => 0,
  cases: [
    { name: "one pixel", inputs: bestInputs([1, 1, 1, 1]), attrs: {}, below: 2 },
    { name: "images", inputs: bestInputs([21, 5, 3, 3]), attrs: {}, below: 2 },
    {
      name: "images of all runs",
      inputs: [...bestInputs([19, 2, 7, 5]), f32(19, 2, 7, 5)],
      attrs: {},
      below: 2,
    },
  ],
};

function bestInputs(images: Shape): Spec[] {
  const image = f32(...images);
  return [image, image, image, image, image, u32(images[0], 4)];
}

/** Inputs of the update, a row for each slot. */
export interface ApgdUpdateBestInputs {
  readonly points: Variable;
  readonly gradient: Variable;
  readonly best: Variable;
  readonly bestGradient: Variable;
  /** Gradient at the points. */
  readonly fresh: Value;
  /** Returned by {@linkcode apgdUpdateState}. */
  readonly actions: Value;
  /** The best point of all runs, if it is tracked. */
  readonly image?: Variable;
}

/** Records the update of all slots that ran. */
export function apgdUpdateBest(values: ApgdUpdateBestInputs): void {
  const { points, gradient, best, bestGradient, fresh, actions, image } = values;
  const inputs = [
    points,
    gradient,
    best,
    bestGradient,
    fresh,
    actions,
    ...image === undefined ? [] : [image],
  ];
  record(apgdUpdateBestOp, inputs, {});
}
