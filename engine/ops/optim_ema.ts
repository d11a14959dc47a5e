/** Exponential moving average of one parameter, in place. */

import { record } from "../graph.ts";
import type { OpDef } from "../op.ts";
import { f32, sizeOf } from "../shape.ts";
import type { Value, Variable } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import source from "./optim_ema.wgsl" with { type: "text" };
import { checkUpdate, UPDATE_SHAPES, updateKernel } from "./optim_update.ts";

/** shadow = (1 - weight) * shadow + weight * param. Inputs: shadow, param, weight []. */
export const emaOp: OpDef = {
  name: "optim_ema",
  shape: (inputs) => {
    checkUpdate("optim_ema", inputs, []);
    return [];
  },
  lower: ({ inputs }) => [
    updateKernel("optim_ema", { source: fillTemplate(source), inputs, mutates: [0] }),
  ],
  backward: null,
  mutates: [0],
  reference: ([shadow, param, { data: [weight] }]) => {
    for (let i = 0; i < shadow.data.length; i++) {
      shadow.data[i] = (1 - weight) * shadow.data[i] + weight * param.data[i];
    }
    return [];
  },
  flops: ([shadow]) => 3 * sizeOf(shadow.shape),
  cases: UPDATE_SHAPES.map(({ name, spec, large }) => ({
    name,
    inputs: [spec, spec, f32()],
    attrs: {},
    large,
  })),
};

/** Records the update of one average; `weight` ([]) is 1 - decay. */
export function emaUpdate(shadow: Variable, { param, weight }: { param: Value; weight: Value }): void {
  record(emaOp, [shadow, param, weight], {});
}
