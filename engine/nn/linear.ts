/** The fully connected layer. */

import { linear } from "../ops/linear.ts";
import type { Tensor, Value, Variable } from "../graph/tensor.ts";
import { uniformParameter } from "./init.ts";
import type { Stateful } from "./model.ts";

/** Sizes of a linear layer. */
export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly seed: number;
}

/** A linear layer with weights of its own. */
export interface Linear extends Stateful {
  /** [outputs, inputs]. */
  readonly weight: Variable;
  /** [..., inputs] to [..., outputs]. */
  apply(x: Value): Tensor;
}

/**
 * Makes a linear layer, `<name>.weight` and `<name>.bias`, initialised as PyTorch does by default: see
 * {@linkcode uniformParameter}, fan-in = inputs.
 *
 * @throws {RangeError} If there are no inputs.
 */
export function createLinear(name: string, options: LinearOptions): Linear {
  const { inputs, outputs, bias: biased = true, seed } = options;
  const weight = uniformParameter(`${name}.weight`, { shape: [outputs, inputs], fanIn: inputs, seed });
  const bias = biased
    ? uniformParameter(`${name}.bias`, { shape: [outputs], fanIn: inputs, seed })
    : undefined;
  return {
    weight,
    parameters: bias === undefined ? [weight] : [weight, bias],
    buffers: [],
    apply: (x) => linear(x, weight, bias),
  };
}
