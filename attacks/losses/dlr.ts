/** The difference of logits ratio. */

import { record } from "../../engine/graph/graph.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import { defineSelectedLoss } from "./_selected_logits.ts";

/** loss [B, 1] and dlogits [B, C]. Inputs: logits [B, C], labels [B]; of the gradient dloss [B, 1] too. */
export const { op: dlrOp, gradOp: dlrGradOp } = defineSelectedLoss({
  name: "dlr",
  indices: 1,
  minClasses: 3,
  negated: true,
  denominator: 1,
  terms: ([y], order) => ({
    numerator: [[y, -1], [order[0] === y ? order[1] : order[0], 1]],
    denominator: [[order[0], 1], [order[2], -1]],
  }),
});

/**
 * Difference of logits ratio of each example, which attacks maximise: above 0 where the prediction is wrong, and
 * unchanged when all logits are shifted or scaled.
 *
 * -(z_y - max over j != y of z_j) / (z_(1) - z_(3)), z_(r) the r-th largest logit; a denominator of 0 counts as 1. The
 * gradient flows through all of these logits, those of the denominator too. Of equal logits the lowest class counts as the
 * larger; PyTorch's sort leaves that open.
 *
 * Source: Croce and Hein 2020, eq. 6, https://arxiv.org/abs/2003.01690. fra31/auto-attack adds 1e-12 to the
 * denominator, which flattens the loss of logits near that size; `officialConstants` bounds the denominator from below by
 * 1e-12, the same up to rounding.
 *
 * @param logits [B, C], at least 3 classes.
 * @param labels [B] of u32, each below C.
 * @param options.officialConstants Default false.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others, or there are fewer classes.
 */
export function dlr(
  logits: Value,
  labels: Value,
  { officialConstants: floored = false }: { officialConstants?: boolean } = {},
): Tensor {
  return record(dlrOp, [logits, labels], { floored })[0];
}
