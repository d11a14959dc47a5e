/** The contrastive loss of single images. */

import { addScalar, mul, scale, sub } from "../engine/ops/arithmetic.ts";
import { matmul } from "../engine/ops/matmul.ts";
import { reduceSum } from "../engine/ops/reduce_sum.ts";
import { logSoftmax } from "../engine/ops/softmax.ts";
import { split } from "../engine/ops/split.ts";
import type { Tensor, Value } from "../engine/graph/tensor.ts";

/** The rows that each row is contrasted with. */
export interface ContrastOptions {
  /** One for each row, [B, D]. */
  readonly positives: Value;
  /** The same for all rows, [K, D]. */
  readonly negatives: Value;
  readonly temperature: number;
}

/**
 * NT-Xent of one view of each image, with negatives that do not depend on the batch:
 * -log(exp(z . p / t) / (exp(z . p / t) + sum over k of exp(z . n_k / t))), as the log odds with which it rises,
 * log(mean over k of exp((z . n_k - z . p) / t)): these do not end at 0 in float32 where the positive is far nearer.
 *
 * @param z [B, D]; all rows, also positives and negatives, of length 1.
 * @returns [B, 1].
 */
export function contrast(z: Tensor, { positives, negatives, temperature }: ContrastOptions): Tensor {
  const count = negatives.shape[0];
  const positive = scale(reduceSum(mul(z, positives), { from: 1 }), 1 / temperature);
  const others = scale(matmul(z, negatives, { transposeB: true }), 1 / temperature);
  const sizes = [1, count - 1].filter((size) => size > 0);
  // Of any of them: similarity - log(softmax) is the logarithm of the sum of all exponentials.
  const [similarity] = split(others, { sizes, axis: 1 }),
    [share] = split(logSoftmax(others), { sizes, axis: 1 });
  return addScalar(sub(sub(similarity, share), positive), -Math.log(count));
}
