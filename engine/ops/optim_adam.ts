/** Adam and AdamW: the update of parameters in place. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { sizeOf } from "../arrays/shape.ts";
import type { Value, Variable } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./optim_adam.wgsl" with { type: "text" };
import {
  checkUpdate,
  updateCases,
  updateInputs,
  updateKernels,
  updateMembers,
  updateMutates,
  type UpdateRule,
} from "./optim_update.ts";

/** Settings of one update, as in torch.optim.Adam and torch.optim.AdamW. */
export interface AdamAttrs {
  readonly [key: string]: unknown;
  /** Decay rates of the first and second moment. */
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the root of the second moment; above 0. */
  readonly eps: number;
  readonly weightDecay: number;
  /** true: the parameter shrinks by lr * weightDecay (AdamW); false: weightDecay * param joins the gradient (L2). */
  readonly decoupled: boolean;
}

const rule: UpdateRule = { name: "optim_adam", each: 4, changed: 3, scalars: [3] };

/**
 * The update. Inputs: param, first moment, second moment, grad of each parameter, and scalars [3] (see
 * {@linkcode adamScalars}).
 */
export const adamOp: OpDef<AdamAttrs> = {
  name: rule.name,
  shape: (inputs) => {
    checkUpdate(rule, inputs);
    return [];
  },
  lower: (context) => {
    const { beta1, beta2, eps, weightDecay, decoupled } = context.attrs;
    const flags = { HAS_DECAY: weightDecay === 0 ? 0 : 1, DECOUPLED: decoupled ? 1 : 0 };
    const text = {
      BETA1: wgslFloat(beta1),
      REST1: wgslFloat(1 - beta1),
      BETA2: wgslFloat(beta2),
      REST2: wgslFloat(1 - beta2),
      EPS: wgslFloat(eps),
      WEIGHT_DECAY: wgslFloat(weightDecay),
    };
    return updateKernels(
      rule,
      context,
      (PARAMETERS) => fillTemplate(source, { consts: { PARAMETERS, ...flags }, text }),
    );
  },
  backward: null,
  mutates: updateMutates(rule),
  reference: (inputs, attrs) => {
    const { data: scalars } = inputs[inputs.length - 1];
    for (const members of updateMembers(rule, inputs)) {
      updateReference(members.map(({ data }) => data), { scalars, attrs });
    }
    return [];
  },
  flops: (inputs) => updateMembers(rule, inputs).reduce((sum, [{ shape }]) => sum + 14 * sizeOf(shape), 0),
  cases: adamCases(),
};

function updateReference(
  [param, m, v, grad]: readonly Float64Array[],
  { scalars: [stepSize, invRootCorrection, lr], attrs }: { scalars: Float64Array; attrs: AdamAttrs },
): void {
  const { beta1, beta2, eps, weightDecay, decoupled } = attrs;
  for (let i = 0; i < param.length; i++) {
    const p = param[i];
    const g = grad[i] + (decoupled ? 0 : weightDecay * p);
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    const shrunk = decoupled ? p * (1 - lr * weightDecay) : p;
    param[i] = shrunk - stepSize * m[i] / (Math.sqrt(v[i]) * invRootCorrection + eps);
  }
}

function adamCases(): OpDef<AdamAttrs>["cases"] {
  const attrs = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, decoupled: false };
  // Positive, because a second moment is; signs of the gradient are covered by the trajectories in optim/.
  return [
    ...updateCases(rule).map((c) => ({ ...c, attrs })),
    { name: "decoupled", inputs: updateInputs(rule, [[3, 5], [2]]), attrs: { ...attrs, decoupled: true } },
    { name: "no weight decay", inputs: updateInputs(rule, [[9], [3]]), attrs: { ...attrs, weightDecay: 0 } },
    { name: "large eps", inputs: updateInputs(rule, [[9]]), attrs: { ...attrs, eps: 0.1 } },
  ].map((c) => ({ ...c, positive: true }));
}

/**
 * The scalars of an update, computed on the host in float64.
 *
 * @param step Updates done before this one; the update is number `step` + 1 of the bias correction.
 * @returns [lr / (1 - beta1^t), 1 / sqrt(1 - beta2^t), lr] with t = step + 1.
 */
export function adamScalars(
  step: number,
  { learningRate, beta1, beta2 }: { learningRate: number; beta1: number; beta2: number },
): [stepSize: number, invRootCorrection: number, learningRate: number] {
  const t = step + 1;
  return [
    learningRate / (1 - Math.pow(beta1, t)),
    1 / Math.sqrt(1 - Math.pow(beta2, t)),
    learningRate,
  ];
}

/** Parameter, moments and gradient of one update. */
export interface AdamInputs {
  readonly param: Variable;
  readonly firstMoment: Variable;
  readonly secondMoment: Variable;
  readonly grad: Value;
}

/**
 * Records the update of parameters and their moments in place; records nothing for an empty list.
 *
 * @param options Scalars: the host's numbers, see {@linkcode adamScalars}. The rest are settings of the update.
 */
export function adamUpdate(
  members: readonly AdamInputs[],
  { scalars, ...attrs }: AdamAttrs & { readonly scalars: Value },
): void {
  if (members.length === 0) return;
  const inputs = members.flatMap((m) => [m.param, m.firstMoment, m.secondMoment, m.grad]);
  record(adamOp, [...inputs, scalars], attrs);
}
