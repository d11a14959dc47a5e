/** The contrastive loss of single images. */

import { mul, scale } from "../engine/ops/arithmetic.ts";
import { concat } from "../engine/ops/concat.ts";
import { matmul } from "../engine/ops/matmul.ts";
import { reduceSum } from "../engine/ops/reduce_sum.ts";
import { logSoftmax } from "../engine/ops/softmax.ts";
import { split } from "../engine/ops/split.ts";
import type { Tensor, Value } from "../engine/tensor.ts";

/** What each row is to be told apart from. */
export interface ContrastOptions {
  /** One for each row, [B, D]. */
  readonly positives: Value;
  /** The same for all rows, [K, D]. */
  readonly negatives: Value;
  readonly temperature: number;
}

/**
 * NT-Xent of one view of each image, with negatives that do not depend on the batch:
 * -log(exp(z . p / t) / (exp(z . p / t) + sum over k of exp(z . n_k / t))).
 *
 * @param z [B, D]; all rows, also positives and negatives, of length 1.
 * @returns [B, 1].
 */
export function contrast(z: Tensor, { positives, negatives, temperature }: ContrastOptions): Tensor {
  const positive = reduceSum(mul(z, positives), { from: 1 });
  const others = matmul(z, negatives, { transposeB: true });
  const similarities = scale(concat([positive, others], { axis: 1 }), 1 / temperature);
  const [first] = split(logSoftmax(similarities), { sizes: [1, negatives.shape[0]], axis: 1 });
  return scale(first, -1);
}
