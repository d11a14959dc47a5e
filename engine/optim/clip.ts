/** Clipping of gradients by their common norm. */

import { clipFactor } from "../ops/optim_clip_factor.ts";
import { scaleAll } from "../ops/optim_scale.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * Gradients scaled so that all together, as one vector, have at most the L2 norm `maxNorm`.
 *
 * g * min(1, maxNorm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_ does it; the sum has a fixed order.
 * Source: Pascanu et al. 2013, algorithm 1, https://arxiv.org/abs/1211.5063. Use {@linkcode clipFactor} where the
 * norm itself is of interest.
 *
 * @throws {RangeError} If there are no gradients or `maxNorm` is not above 0.
 */
export function clipGradNorm(grads: readonly Tensor[], maxNorm: number): readonly Tensor[] {
  return scaleAll(grads, clipFactor(grads, maxNorm).factor);
}
