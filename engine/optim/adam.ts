/** Adam, with its weight decay in the gradient. */

import { adamScalars, adamUpdate } from "../ops/optim_adam.ts";
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

/** Settings of {@linkcode adam} and {@linkcode adamw}. */
export interface AdamOptions {
  /** Shares of the last first and second moment that are kept, in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment, above 0. Default 1e-8. */
  readonly eps?: number;
  /** Default 0 for `adam`, 0.01 for `adamw`, as in PyTorch. */
  readonly weightDecay?: number;
  /** Parameters the weight decay applies to. Default: all of them, as in PyTorch. */
  readonly decays?: DecaysFn;
}

/**
 * Adam as in torch.optim.Adam.
 *
 * g = grad + weightDecay * p; m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
 * p = p - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps), t counting updates from 1.
 * State: `<parameter>.exp_avg`, `<parameter>.exp_avg_sq`; the step count comes with `prepare`.
 * Source: Kingma and Ba 2015, algorithm 1, https://arxiv.org/abs/1412.6980. Departure: none.
 *
 * @throws {RangeError} If an option is out of range.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamWith(options, false);
}

/** Adam or AdamW. */
export function adamWith(options: AdamOptions, decoupled: boolean): Optimizer {
  const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, decays = () => true } = options;
  const weightDecay = options.weightDecay ?? (decoupled ? 0.01 : 0);
  checkOption("betas[0]", beta1, { from: 0, below: 1 });
  checkOption("betas[1]", beta2, { from: 0, below: 1 });
  checkOption("eps", eps, { from: 1e-30, below: Infinity });
  checkOption("weightDecay", weightDecay, { from: 0, below: Infinity });
  const first = new ParameterState("exp_avg"), second = new ParameterState("exp_avg_sq");
  const scalars = new Variable(`${decoupled ? "adamw" : "adam"} scalars`, f32(3));
  return {
    step(params, grads) {
      checkPairs(params, grads);
      const members = params.map((param, i) => {
        return { param, firstMoment: first.of(param), secondMoment: second.of(param), grad: grads[i] };
      });
      for (const { group, decay } of byDecay(members, { weightDecay, decays })) {
        adamUpdate(group, { scalars, beta1, beta2, eps, weightDecay: decay, decoupled });
      }
    },
    prepare(gpu, numbers) {
      checkScalars(numbers);
      const { step, learningRate } = numbers;
      write(gpu, scalars, Float32Array.from(adamScalars(step, { learningRate, beta1, beta2 })));
    },
    get state() {
      return [...first.variables, ...second.variables];
    },
    scalars,
  };
}
