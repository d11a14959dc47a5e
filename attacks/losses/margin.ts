/** The margin by which a label leads. */

import { record } from "../../engine/graph/graph.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import { defineSelectedLoss } from "./_selected_logits.ts";

/** out [B, 1] and dlogits [B, C]. Inputs: logits [B, C], labels [B]; of the gradient dout [B, 1] too. */
export const { op: marginOp, gradOp: marginGradOp } = defineSelectedLoss({
  name: "margin",
  indices: 1,
  minClasses: 2,
  negated: false,
  denominator: 0,
  terms: ([y], order) => ({
    numerator: [[y, 1], [order[0] === y ? order[1] : order[0], -1]],
    denominator: null,
  }),
});

/**
 * Margin of each example, which attacks minimise: z_y - max over j != y of z_j, below 0 where the prediction is wrong.
 * The gradient flows to the label and the largest other class; of equal logits the lowest class counts.
 *
 * Source: Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049, section 3.
 *
 * @param logits [B, C], at least 2 classes.
 * @param labels [B] of u32, each below C.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others, or there is only one class.
 */
export function margin(logits: Value, labels: Value): Tensor {
  return record(marginOp, [logits, labels], { floored: false })[0];
}
