/** Stochastic gradient descent. */

import { sgdUpdate } from "../ops/optim_sgd.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { write } from "../graph/variables.ts";
import {
  byDecay,
  checkOption,
  checkPairs,
  checkScalars,
  type DecaysFn,
  type Optimizer,
  ParameterState,
} from "./optimizer.ts";

/** Settings of {@linkcode sgd}. */
export interface SgdOptions {
  /** Share of the last velocity that is kept, in [0, 1). Default 0: no velocity is stored at all. */
  readonly momentum?: number;
  /** Whether to look one velocity ahead. Default false; needs momentum. */
  readonly nesterov?: boolean;
  /** L2 penalty: weightDecay * parameter joins the gradient. Default 0. */
  readonly weightDecay?: number;
  /** Parameters the weight decay applies to. Default: all of them, as in PyTorch. */
  readonly decays?: DecaysFn;
}

/**
 * Stochastic gradient descent as in torch.optim.SGD with dampening 0.
 *
 * g = grad + weightDecay * p; v = momentum * v + g; p = p - lr * v, or p - lr * (g + momentum * v) with Nesterov's
 * momentum. The velocity starts at 0, which gives PyTorch's first step, v = g. State: `<parameter>.momentum_buffer`.
 * Source: Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html, in the form that PyTorch
 * uses: the learning rate multiplies the velocity and does not enter it.
 *
 * @throws {RangeError} If an option is out of range, or Nesterov's momentum is asked for without momentum.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false, weightDecay = 0, decays = () => true } = options;
  checkOption("momentum", momentum, { from: 0, below: 1 });
  checkOption("weightDecay", weightDecay, { from: 0, below: Infinity });
  if (nesterov && momentum === 0) {
    throw new RangeError("Cannot create optimizer: nesterov needs momentum above 0, got 0");
  }
  const velocities = new ParameterState("momentum_buffer");
  const learningRate = new Variable("sgd learning rate", f32());
  return {
    step(params, grads) {
      checkPairs(params, grads);
      const members = params.map((param, i) => {
        return { param, velocity: momentum === 0 ? null : velocities.of(param), grad: grads[i] };
      });
      for (const { group, decay } of byDecay(members, { weightDecay, decays })) {
        sgdUpdate(group, { learningRate, momentum, nesterov, weightDecay: decay });
      }
    },
    prepare(gpu, scalars) {
      checkScalars(scalars);
      write(gpu, learningRate, Float32Array.of(scalars.learningRate));
    },
    get state() {
      return velocities.variables;
    },
    scalars: learningRate,
  };
}
