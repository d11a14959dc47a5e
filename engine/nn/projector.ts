/** The projector of contrastive learning. */

import { relu } from "../ops/relu.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createLinear } from "./linear.ts";
import { joinState, type Stateful } from "./model.ts";

/** Sizes of a projector. */
export interface ProjectorOptions {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly seed: number;
}

/** A projector with weights of its own. */
export interface Projector extends Stateful {
  /** [..., inputs] to [..., outputs]. */
  apply(x: Value): Tensor;
}

/**
 * Makes a perceptron with one hidden layer, linear, relu, linear, that maps features to where a contrastive loss
 * compares them. Layers `<name>.0` and `<name>.2`, as PyTorch's `Sequential` names them, initialised as
 * {@linkcode createLinear} does. Source: Chen et al. 2020, https://arxiv.org/abs/2002.05709, section 2.1.
 *
 * @throws {RangeError} If there are no inputs or no hidden units.
 */
export function createProjector(name: string, options: ProjectorOptions): Projector {
  const { inputs, hidden, outputs, seed } = options;
  const first = createLinear(`${name}.0`, { inputs, outputs: hidden, seed });
  const second = createLinear(`${name}.2`, { inputs: hidden, outputs, seed });
  return { ...joinState([first, second]), apply: (x) => second.apply(relu(first.apply(x))) };
}
