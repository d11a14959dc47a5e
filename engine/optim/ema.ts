/** Exponential moving averages of parameters, for evaluation. */

import type { Gpu } from "../device/device.ts";
import { emaUpdate } from "../ops/optim_ema.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { write } from "../graph/variables.ts";
import { checkOption, ParameterState } from "./optimizer.ts";

/** Settings of {@linkcode ema}. */
export interface EmaOptions {
  /** Weight of the last average, in [0, 1). */
  readonly decay: number;
  /** Whether the decay rises as (1 + step) / (10 + step) until it reaches `decay`. Default false. */
  readonly warmup?: boolean;
}

/** Averages of parameters. */
export interface Ema {
  /** Records one update of the average of each parameter; call it after the optimiser's `step`. */
  update(params: readonly Variable[]): void;
  /** Writes the decay of the next update; needed with `warmup` only. `step`: updates done before this one. */
  prepare(gpu: Gpu, step: number): void;
  /** The average of a parameter, `<parameter>.ema`; starts at the parameter's initial values. */
  average(param: Variable): Variable;
  /** State for checkpoints; complete once `update` has been recorded. */
  readonly state: readonly Variable[];
  /** The weight of a new value; with `state` all that is held on the device. */
  readonly scalars: Variable;
}

/**
 * average = decay * average + (1 - decay) * parameter, after each update of the parameter.
 *
 * Source: Ho et al. 2020, appendix B, https://arxiv.org/abs/2006.11239 (decay 0.9999). `warmup` is the rule of
 * tf.train.ExponentialMovingAverage with `num_updates`.
 *
 * @throws {RangeError} If `decay` is out of range.
 */
export function ema({ decay, warmup = false }: EmaOptions): Ema {
  checkOption("decay", decay, { from: 0, below: 1 });
  const averages = new ParameterState("ema");
  const decayAt = (step: number) => warmup ? Math.min(decay, (1 + step) / (10 + step)) : decay;
  const weight = new Variable("ema weight", f32(), Float32Array.of(1 - decayAt(0)));
  const average = (param: Variable) => averages.of(param, param.initial);
  return {
    update(params) {
      emaUpdate(params.map((param) => ({ shadow: average(param), param })), weight);
    },
    prepare(gpu, step) {
      if (!Number.isSafeInteger(step) || step < 0) {
        throw new RangeError(`Cannot prepare average: step must be a whole number from 0 up, got ${step}`);
      }
      write(gpu, weight, Float32Array.of(1 - decayAt(step)));
    },
    average,
    get state() {
      return averages.variables;
    },
    scalars: weight,
  };
}
