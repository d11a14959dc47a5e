/** Prediction targets of a masked autoencoder: the pixels of a patch, raw or normalised. */

import { add, addScalar, div, mul, scale, sqrt, square, sub } from "../engine/ops/arithmetic.ts";
import { reduceMean, reduceSum } from "../engine/ops/reduce_sum.ts";
import type { Tensor } from "../engine/graph/tensor.ts";

/** Added to the variance, as in the code of MAE. */
const EPS = 1e-6;

/** Options of the targets. */
export interface TargetOptions {
  /** Whether each patch's own mean is subtracted, and its standard deviation divided by. */
  readonly normalise: boolean;
}

/**
 * The targets of patches: themselves, or (x - mean) / sqrt(variance + 1e-6) with the unbiased variance of each patch.
 *
 * @param patches [B, T, P], P at least 2.
 * @returns [B, T, P].
 */
export function patchTargets(patches: Tensor, { normalise }: TargetOptions): Tensor {
  if (!normalise) return patches;
  const { mean, deviation } = statistics(patches);
  return div(sub(patches, mean), deviation);
}

/**
 * Undoes {@linkcode patchTargets}: pixels from predictions, with mean and deviation of the true patches, which a
 * prediction of normalised pixels does not hold.
 *
 * @param predictions [B, T, P].
 * @returns [B, T, P].
 */
export function pixelsOfTargets(
  predictions: Tensor,
  { patches, normalise }: TargetOptions & { readonly patches: Tensor },
): Tensor {
  if (!normalise) return predictions;
  const { mean, deviation } = statistics(patches);
  return add(mul(predictions, deviation), mean);
}

/** Of each patch, [B, T, 1]. */
function statistics(patches: Tensor): { mean: Tensor; deviation: Tensor } {
  const mean = reduceMean(patches, { from: 2 });
  const squares = reduceSum(square(sub(patches, mean)), { from: 2 });
  return { mean, deviation: sqrt(addScalar(scale(squares, 1 / (patches.shape[2] - 1)), EPS)) };
}
