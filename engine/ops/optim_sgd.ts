/** Stochastic gradient descent with momentum: the update of one parameter in place. */

import { record } from "../graph.ts";
import type { NdArray, OpCase, OpDef } from "../op.ts";
import { f32, sizeOf, type Spec } from "../shape.ts";
import type { Value, Variable } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./optim_sgd.wgsl" with { type: "text" };
import { checkUpdate, UPDATE_SHAPES, updateKernel } from "./optim_update.ts";

/** Settings of one update, as in torch.optim.SGD. */
export interface SgdAttrs {
  readonly [key: string]: unknown;
  /** Share of the last velocity that is kept. */
  readonly momentum: number;
  /** Whether to step along g + momentum * v instead of v. */
  readonly nesterov: boolean;
  /** L2 penalty: its gradient, weightDecay * param, is added to the gradient. */
  readonly weightDecay: number;
}

/** The update with momentum. Inputs: param, velocity, grad, learning rate []. */
export const sgdMomentumOp: OpDef<SgdAttrs> = defineSgd(true);

/** The update without momentum. Inputs: param, grad, learning rate []. */
export const sgdOp: OpDef<SgdAttrs> = defineSgd(false);

function defineSgd(hasMomentum: boolean): OpDef<SgdAttrs> {
  const name = hasMomentum ? "optim_sgd_momentum" : "optim_sgd";
  const mutates = hasMomentum ? [0, 1] : [0];
  return {
    name,
    shape: (inputs) => {
      checkUpdate(name, inputs, []);
      return [];
    },
    lower: ({ inputs, attrs }) => {
      const filled = fillTemplate(source, {
        consts: {
          HAS_MOMENTUM: hasMomentum ? 1 : 0,
          HAS_DECAY: attrs.weightDecay === 0 ? 0 : 1,
          NESTEROV: attrs.nesterov ? 1 : 0,
        },
        text: { MOMENTUM: wgslFloat(attrs.momentum), WEIGHT_DECAY: wgslFloat(attrs.weightDecay) },
      });
      return [updateKernel(name, { source: filled, inputs, mutates })];
    },
    backward: null,
    mutates,
    reference: (inputs, attrs) => {
      const [param, velocity, grad, lr] = hasMomentum ? inputs : [inputs[0], null, inputs[1], inputs[2]];
      updateReference({ param: param!, velocity, grad: grad!, lr: lr!.data[0] }, attrs);
      return [];
    },
    flops: ([param]) => (hasMomentum ? 6 : 4) * sizeOf(param.shape),
    cases: hasMomentum ? momentumCases() : plainCases(),
  };
}

function updateReference(
  { param, velocity, grad, lr }: { param: NdArray; velocity: NdArray | null; grad: NdArray; lr: number },
  { momentum, nesterov, weightDecay }: SgdAttrs,
): void {
  for (let i = 0; i < param.data.length; i++) {
    let step = grad.data[i] + weightDecay * param.data[i];
    if (velocity !== null) {
      velocity.data[i] = momentum * velocity.data[i] + step;
      step = nesterov ? step + momentum * velocity.data[i] : velocity.data[i];
    }
    param.data[i] -= lr * step;
  }
}

function momentumCases(): OpCase<SgdAttrs>[] {
  const attrs = { momentum: 0.9, nesterov: false, weightDecay: 5e-4 };
  const inputs = (spec: Spec) => [spec, spec, spec, f32()];
  return [
    ...UPDATE_SHAPES.map(({ name, spec, large }) => ({ name, inputs: inputs(spec), attrs, large })),
    { name: "Nesterov", inputs: inputs(f32(3, 5)), attrs: { ...attrs, nesterov: true } },
    { name: "no weight decay", inputs: inputs(f32(9)), attrs: { ...attrs, weightDecay: 0 } },
  ];
}

function plainCases(): OpCase<SgdAttrs>[] {
  const attrs = { momentum: 0, nesterov: false, weightDecay: 0.1 };
  const inputs = (spec: Spec) => [spec, spec, f32()];
  return [
    ...UPDATE_SHAPES.map(({ name, spec, large }) => ({ name, inputs: inputs(spec), attrs, large })),
    { name: "no weight decay", inputs: inputs(f32(9)), attrs: { ...attrs, weightDecay: 0 } },
  ];
}

/** Parameter, state, gradient and learning rate ([]) of one update; without velocity there is no momentum. */
export interface SgdInputs {
  readonly param: Variable;
  readonly velocity: Variable | null;
  readonly grad: Value;
  readonly learningRate: Value;
}

/** Records the update of one parameter (and its velocity) in place. */
export function sgdUpdate({ param, velocity, grad, learningRate }: SgdInputs, attrs: SgdAttrs): void {
  if (velocity === null) record(sgdOp, [param, grad, learningRate], attrs);
  else record(sgdMomentumOp, [param, velocity, grad, learningRate], attrs);
}
