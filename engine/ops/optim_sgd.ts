/** Stochastic gradient descent with momentum: the update of parameters in place. */

import { record } from "../graph/graph.ts";
import type { OpCase, OpDef } from "../graph/op.ts";
import { sizeOf } from "../arrays/shape.ts";
import type { Value, Variable } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./optim_sgd.wgsl" with { type: "text" };
import {
  checkUpdate,
  updateCases,
  updateInputs,
  updateKernels,
  updateMembers,
  updateMutates,
  type UpdateRule,
} from "./optim_update.ts";

/** Settings of one update, as in torch.optim.SGD. */
export interface SgdAttrs {
  readonly [key: string]: unknown;
  /** Weight of the last velocity. */
  readonly momentum: number;
  /** Whether to step along g + momentum * v instead of v. */
  readonly nesterov: boolean;
  /** L2 penalty: its gradient, weightDecay * param, is added to the gradient. */
  readonly weightDecay: number;
}

/** The update with momentum. Inputs: param, velocity, grad of each parameter, learning rate []. */
export const sgdMomentumOp: OpDef<SgdAttrs> = defineSgd(true);

/** The update without momentum. Inputs: param, grad of each parameter, learning rate []. */
export const sgdOp: OpDef<SgdAttrs> = defineSgd(false);

function defineSgd(hasMomentum: boolean): OpDef<SgdAttrs> {
  const name = hasMomentum ? "optim_sgd_momentum" : "optim_sgd";
  const each = hasMomentum ? 3 : 2;
  const rule: UpdateRule = { name, each, changed: each - 1, scalars: [] };
  return {
    name,
    shape: (inputs) => {
      checkUpdate(rule, inputs);
      return [];
    },
    lower: (context) => {
      const { momentum, nesterov, weightDecay } = context.attrs;
      const consts = {
        EACH: each,
        HAS_MOMENTUM: hasMomentum ? 1 : 0,
        HAS_DECAY: weightDecay === 0 ? 0 : 1,
        NESTEROV: nesterov ? 1 : 0,
      };
      const text = { MOMENTUM: wgslFloat(momentum), WEIGHT_DECAY: wgslFloat(weightDecay) };
      return updateKernels(
        rule,
        context,
        (PARAMETERS) => fillTemplate(source, { consts: { PARAMETERS, ...consts }, text }),
      );
    },
    backward: null,
    mutates: updateMutates(rule),
    reference: (inputs, attrs) => {
      const [lr] = inputs[inputs.length - 1].data;
      for (const members of updateMembers(rule, inputs)) {
        const data = members.map(({ data }) => data);
        updateReference(
          { param: data[0], velocity: hasMomentum ? data[1] : null, grad: data[each - 1], lr },
          attrs,
        );
      }
      return [];
    },
    flops: (inputs) =>
      updateMembers(rule, inputs).reduce(
        (sum, [{ shape }]) => sum + (hasMomentum ? 6 : 4) * sizeOf(shape),
        0,
      ),
    cases: sgdCases(rule, hasMomentum),
  };
}

interface ReferenceInputs {
  readonly param: Float64Array;
  readonly velocity: Float64Array | null;
  readonly grad: Float64Array;
  readonly lr: number;
}

function updateReference(
  { param, velocity, grad, lr }: ReferenceInputs,
  { momentum, nesterov, weightDecay }: SgdAttrs,
): void {
  for (let i = 0; i < param.length; i++) {
    let step = grad[i] + weightDecay * param[i];
    if (velocity !== null) {
      velocity[i] = momentum * velocity[i] + step;
      step = nesterov ? step + momentum * velocity[i] : velocity[i];
    }
    param[i] -= lr * step;
  }
}

function sgdCases(rule: UpdateRule, hasMomentum: boolean): OpCase<SgdAttrs>[] {
  const attrs = { momentum: hasMomentum ? 0.9 : 0, nesterov: false, weightDecay: hasMomentum ? 5e-4 : 0.1 };
  const nesterov = { ...attrs, nesterov: true };
  return [
    ...updateCases(rule).map((c) => ({ ...c, attrs })),
    ...hasMomentum ? [{ name: "Nesterov", inputs: updateInputs(rule, [[3, 5], [2]]), attrs: nesterov }] : [],
    { name: "no weight decay", inputs: updateInputs(rule, [[9], [3]]), attrs: { ...attrs, weightDecay: 0 } },
  ];
}

/** Parameter, state and gradient of one update; without velocity there is no momentum. */
export interface SgdInputs {
  readonly param: Variable;
  readonly velocity: Variable | null;
  readonly grad: Value;
}

/**
 * Records the update of parameters (and their velocities) in place; records nothing for an empty list. Either all have
 * a velocity, or none has.
 *
 * @param options Learning rate: []. The rest are settings of the update.
 */
export function sgdUpdate(
  members: readonly SgdInputs[],
  { learningRate, ...attrs }: SgdAttrs & { readonly learningRate: Value },
): void {
  if (members.length === 0) return;
  const inputs = members.flatMap(({ param, velocity, grad }) =>
    velocity === null ? [param, grad] : [param, velocity, grad]
  );
  record(members[0].velocity === null ? sgdOp : sgdMomentumOp, [...inputs, learningRate], attrs);
}
