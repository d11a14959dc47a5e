/** The difference of logits ratio towards a target. */

import { record } from "../../engine/graph/graph.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import { defineSelectedLoss } from "./_selected_logits.ts";

/** loss [B, 1] and dlogits [B, C]. Inputs: logits [B, C], labels and targets [B]; of the gradient dloss [B, 1] too. */
export const { op: targetedDlrOp, gradOp: targetedDlrGradOp } = defineSelectedLoss({
  name: "targeted_dlr",
  indices: 2,
  minClasses: 4,
  negated: true,
  denominator: 2,
  terms: ([y, t], order) => ({
    numerator: [[y, -1], [t, 1]],
    denominator: [[order[0], 1], [order[2], -0.5], [order[3], -0.5]],
  }),
});

/**
 * Targeted difference of logits ratio of each example, which attacks maximise to have it taken for its target.
 *
 * -(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2), z_(r) the r-th largest logit; a denominator of 0 counts as 1. The
 * gradient flows through all of these logits, those of the denominator too. Of equal logits the lowest class counts as the
 * larger; PyTorch's sort leaves that open.
 *
 * Source: Croce and Hein 2020, eq. 7, https://arxiv.org/abs/2003.01690; `officialConstants` as in {@linkcode dlr}.
 *
 * @param logits [B, C], at least 4 classes.
 * @param labels [B] of u32, each below C.
 * @param options.targets Target classes, [B] of u32, each below C; the loss is 0 where the target is the label.
 * @param options.officialConstants Default false.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others, or there are fewer classes.
 */
export function targetedDlr(
  logits: Value,
  labels: Value,
  { targets, officialConstants: floored = false }: { targets: Value; officialConstants?: boolean },
): Tensor {
  return record(targetedDlrOp, [logits, labels, targets], { floored })[0];
}
