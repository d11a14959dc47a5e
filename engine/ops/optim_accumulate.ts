/** Sums of gradients over several batches, in place, in a few dispatches. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { sizeOf } from "../arrays/shape.ts";
import type { Value, Variable } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./optim_accumulate.wgsl" with { type: "text" };
import {
  checkUpdate,
  updateCases,
  updateKernels,
  updateMembers,
  updateMutates,
  type UpdateRule,
} from "./optim_update.ts";

/** sum += factor * grad. Inputs: sum and grad of each parameter, factor []. */
export const accumulateOp: OpDef = defineOp({
  name: "optim_accumulate",
  each: 2,
  changed: 1,
  scalars: [],
});

/** sum = factor * sum. Inputs: sum of each parameter, factor []. */
export const multiplyOp: OpDef = defineOp({ name: "optim_multiply", each: 1, changed: 1, scalars: [] });

function defineOp(rule: UpdateRule): OpDef {
  return {
    name: rule.name,
    shape: (inputs) => {
      checkUpdate(rule, inputs);
      return [];
    },
    lower: (context) =>
      updateKernels(
        rule,
        context,
        (PARAMETERS) => fillTemplate(source, { consts: { PARAMETERS, EACH: rule.each } }),
      ),
    backward: null,
    mutates: updateMutates(rule),
    reference: (inputs) => {
      const [factor] = inputs[inputs.length - 1].data;
      for (const [{ data: sum }, grad] of updateMembers(rule, inputs)) {
        for (let i = 0; i < sum.length; i++) {
          sum[i] = grad === undefined ? factor * sum[i] : sum[i] + factor * grad.data[i];
        }
      }
      return [];
    },
    flops: (inputs) => updateMembers(rule, inputs).reduce((sum, [{ shape }]) => sum + 2 * sizeOf(shape), 0),
    cases: updateCases(rule).map((c) => ({ ...c, attrs: {} })),
  };
}

/** Records sums[i] += factor * grads[i]; `factor` is []. Records nothing for empty lists. */
export function accumulateAll(
  sums: readonly Variable[],
  grads: readonly Value[],
  { factor }: { readonly factor: Value },
): void {
  if (sums.length === 0) return;
  record(accumulateOp, [...sums.flatMap((sum, i) => [sum, grads[i]]), factor], {});
}

/** Records sums[i] = factor * sums[i]; `factor` is []. Records nothing for an empty list. */
export function multiplyAll(sums: readonly Variable[], factor: Value): void {
  if (sums.length > 0) record(multiplyOp, [...sums, factor], {});
}
