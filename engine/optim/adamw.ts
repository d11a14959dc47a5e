/** Adam with decoupled weight decay. */

import { type AdamOptions, adamWith } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * AdamW as in torch.optim.AdamW: the parameter first shrinks, p = p * (1 - lr * weightDecay), and the gradient stays
 * free of decay; the rest is {@linkcode adam}.
 *
 * Source: Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101. Departure, PyTorch's: the
 * learning rate multiplies the decay.
 *
 * @throws {RangeError} If an option is out of range.
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return adamWith(options, true);
}
