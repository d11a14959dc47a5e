/** The classifier under attack: a function from images to scores. */

import type { Tensor, Value } from "../../engine/graph/tensor.ts";

/**
 * Keys of the random numbers of a randomised classifier, see {@linkcode RandomSource}. An example keeps its outcome
 * whichever batch it is in.
 */
export interface EotSample {
  /** A number for each row of the batch, u32 [B]; it changes wherever fresh randomness is needed. */
  readonly examples: Value;
  /** Which sample of the same point this is, counted from 0, u32 []. */
  readonly sample: Value;
}

/**
 * A classifier: images [B, H, W, C] -> logits [B, classes]. A randomised one keys its random numbers by `eot`, which
 * attacks provide that average gradients over samples of a point (expectation over transformation, EOT).
 */
export type LogitsFn = (images: Tensor, eot?: EotSample) => Tensor;
