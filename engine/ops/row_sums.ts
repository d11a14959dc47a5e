/** One dispatch or two for sums over rows, per channel. */

import { MAX_LOOP_ITERATIONS, type Target } from "../graph/op.ts";
import { rowCount, rowVec4s, type Shape } from "../arrays/shape.ts";

/** Minimum number of parts of a sum over many rows. */
const ENOUGH = 1024;

/** Sizes of the kernels of a sum over the rows of [ROWS, C4] (vec4s of channels); SPLITS is 0 for one stage. */
export interface RowSums {
  readonly ROWS: number;
  readonly C4: number;
  /** Rows of a part. */
  readonly PART: number;
  readonly SPLITS: number;
}

/**
 * One stage, in which a workgroup for each vec4 of channels sums all rows, if that keeps the device busy for no longer
 * than a second dispatch would; otherwise parts of the rows come first.
 *
 * @param shape [..., C].
 */
export function planRowSums(shape: Shape, { software }: Target): RowSums {
  const ROWS = rowCount(shape), C4 = rowVec4s(shape);
  const oneStage = software ? ROWS * C4 <= 2 ** 15 : ROWS <= 2 ** 11;
  const PART = Math.min(MAX_LOOP_ITERATIONS, Math.max(8, Math.ceil(ROWS * C4 / ENOUGH)));
  return { ROWS, C4, PART, SPLITS: oneStage ? 0 : Math.ceil(ROWS / PART) };
}
