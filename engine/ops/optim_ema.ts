/** Exponential moving averages of parameters, in place. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { sizeOf } from "../arrays/shape.ts";
import type { Value, Variable } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./optim_ema.wgsl" with { type: "text" };
import {
  checkUpdate,
  updateCases,
  updateKernels,
  updateMembers,
  updateMutates,
  type UpdateRule,
} from "./optim_update.ts";

const rule: UpdateRule = { name: "optim_ema", each: 2, changed: 1, scalars: [] };

/** shadow = (1 - weight) * shadow + weight * param. Inputs: shadow and param of each parameter, weight []. */
export const emaOp: OpDef = {
  name: rule.name,
  shape: (inputs) => {
    checkUpdate(rule, inputs);
    return [];
  },
  lower: (context) =>
    updateKernels(rule, context, (PARAMETERS) => fillTemplate(source, { consts: { PARAMETERS } })),
  backward: null,
  mutates: updateMutates(rule),
  reference: (inputs) => {
    const [weight] = inputs[inputs.length - 1].data;
    for (const [{ data: shadow }, { data: param }] of updateMembers(rule, inputs)) {
      for (let i = 0; i < shadow.length; i++) shadow[i] = (1 - weight) * shadow[i] + weight * param[i];
    }
    return [];
  },
  flops: (inputs) => updateMembers(rule, inputs).reduce((sum, [{ shape }]) => sum + 3 * sizeOf(shape), 0),
  cases: updateCases(rule).map((c) => ({ ...c, attrs: {} })),
};

/** A parameter and its average. */
export interface EmaPair {
  readonly shadow: Variable;
  readonly param: Value;
}

/** Records the update of averages; `weight` ([]) is 1 - decay. Records nothing for an empty list. */
export function emaUpdate(pairs: readonly EmaPair[], weight: Value): void {
  if (pairs.length === 0) return;
  record(emaOp, [...pairs.flatMap(({ shadow, param }) => [shadow, param]), weight], {});
}
