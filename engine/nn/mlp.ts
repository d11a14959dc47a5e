/** The perceptron inside a transformer block. */

import { gelu } from "../ops/gelu.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageLinear } from "./fan_average.ts";
import { joinState, type Stateful } from "./model.ts";

/** Sizes of a perceptron. */
export interface MlpOptions {
  /** Length of inputs and outputs. */
  readonly dim: number;
  /** Width of the hidden layer. */
  readonly hidden: number;
  readonly seed: number;
}

/** A perceptron with one hidden layer and weights of its own. */
export interface Mlp extends Stateful {
  /** [..., dim] to the same shape. */
  apply(x: Value): Tensor;
}

/**
 * Makes a perceptron: linear `<name>.fc1`, {@linkcode gelu}, linear `<name>.fc2`. Weights start Xavier uniform, biases
 * at 0.
 *
 * @throws {RangeError} If there are no inputs.
 */
export function createMlp(name: string, { dim, hidden, seed }: MlpOptions): Mlp {
  const first = createFanAverageLinear(`${name}.fc1`, { inputs: dim, outputs: hidden, seed });
  const second = createFanAverageLinear(`${name}.fc2`, { inputs: hidden, outputs: dim, seed });
  return { ...joinState([first, second]), apply: (x) => second.apply(gelu(first.apply(x))) };
}
