/** Adam and AdamW: the update of one parameter in place. */

import { record } from "../graph.ts";
import type { OpDef } from "../op.ts";
import { f32, sizeOf, type Spec } from "../shape.ts";
import type { Value, Variable } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./optim_adam.wgsl" with { type: "text" };
import { checkUpdate, UPDATE_SHAPES, updateKernel } from "./optim_update.ts";

/** Settings of one update, as in torch.optim.Adam and torch.optim.AdamW. */
export interface AdamAttrs {
  readonly [key: string]: unknown;
  /** Shares of the last first and second moment that are kept. */
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the root of the second moment; above 0. */
  readonly eps: number;
  readonly weightDecay: number;
  /** true: the parameter shrinks by lr * weightDecay (AdamW); false: weightDecay * param joins the gradient (L2). */
  readonly decoupled: boolean;
}

/** The update. Inputs: param, first moment, second moment, grad, scalars [3] (see {@linkcode adamScalars}). */
export const adamOp: OpDef<AdamAttrs> = {
  name: "optim_adam",
  shape: (inputs) => {
    checkUpdate("optim_adam", inputs, [3]);
    return [];
  },
  lower: ({ inputs, attrs }) => {
    const { beta1, beta2, eps, weightDecay, decoupled } = attrs;
    const filled = fillTemplate(source, {
      consts: { HAS_DECAY: weightDecay === 0 ? 0 : 1, DECOUPLED: decoupled ? 1 : 0 },
      text: {
        BETA1: wgslFloat(beta1),
        REST1: wgslFloat(1 - beta1),
        BETA2: wgslFloat(beta2),
        REST2: wgslFloat(1 - beta2),
        EPS: wgslFloat(eps),
        WEIGHT_DECAY: wgslFloat(weightDecay),
      },
    });
    return [updateKernel("optim_adam", { source: filled, inputs, mutates: [0, 1, 2] })];
  },
  backward: null,
  mutates: [0, 1, 2],
  reference: ([param, m, v, grad, scalars], { beta1, beta2, eps, weightDecay, decoupled }) => {
    const [stepSize, invRootCorrection, lr] = scalars.data;
    for (let i = 0; i < param.data.length; i++) {
      const p = param.data[i];
      const g = grad.data[i] + (decoupled ? 0 : weightDecay * p);
      m.data[i] = beta1 * m.data[i] + (1 - beta1) * g;
      v.data[i] = beta2 * v.data[i] + (1 - beta2) * g * g;
      const shrunk = decoupled ? p * (1 - lr * weightDecay) : p;
      param.data[i] = shrunk - stepSize * m.data[i] / (Math.sqrt(v.data[i]) * invRootCorrection + eps);
    }
    return [];
  },
  flops: ([param]) => 14 * sizeOf(param.shape),
  cases: adamCases(),
};

function adamCases(): OpDef<AdamAttrs>["cases"] {
  const attrs = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, decoupled: false };
  const inputs = (spec: Spec) => [spec, spec, spec, spec, f32(3)];
  // Positive, because a second moment is; signs of the gradient are covered by the trajectories in optim/.
  const cases = UPDATE_SHAPES.map(({ name, spec, large }) => ({ name, inputs: inputs(spec), attrs, large }));
  return [
    ...cases,
    { name: "decoupled", inputs: inputs(f32(3, 5)), attrs: { ...attrs, decoupled: true } },
    { name: "no weight decay", inputs: inputs(f32(9)), attrs: { ...attrs, weightDecay: 0 } },
    { name: "large eps", inputs: inputs(f32(9)), attrs: { ...attrs, eps: 0.1 } },
  ].map((c) => ({ ...c, positive: true }));
}

/**
 * The numbers an update needs from the host, in float64 until they are stored.
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

/** Parameter, moments, gradient and host numbers ([3]) of one update. */
export interface AdamInputs {
  readonly param: Variable;
  readonly firstMoment: Variable;
  readonly secondMoment: Variable;
  readonly grad: Value;
  readonly scalars: Value;
}

/** Records the update of one parameter and its moments in place. */
export function adamUpdate(inputs: AdamInputs, attrs: AdamAttrs): void {
  const { param, firstMoment, secondMoment, grad, scalars } = inputs;
  record(adamOp, [param, firstMoment, secondMoment, grad, scalars], attrs);
}
