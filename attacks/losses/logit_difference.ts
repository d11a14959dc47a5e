/** The difference of two logits. */

import { record } from "../../engine/graph/graph.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import { defineSelectedLoss } from "./_selected_logits.ts";

/** out [B, 1] and dlogits [B, C]. Inputs: logits [B, C], a and b [B]; of the gradient dout [B, 1] too. */
export const { op: logitDifferenceOp, gradOp: logitDifferenceGradOp } = defineSelectedLoss({
  name: "logit_difference",
  indices: 2,
  minClasses: 1,
  negated: false,
  denominator: 0,
  terms: ([a, b]) => ({ numerator: [[a, 1], [b, -1]], denominator: null }),
});

/**
 * z_a - z_b of each example: by how much a network prefers class a to class b. It is 0 with a gradient of 0 where both are
 * the same class. FAB linearises it, with a the target and b the label: Croce and Hein 2020,
 * https://arxiv.org/abs/1907.02044, section 2.
 *
 * @param logits [B, C].
 * @param classes.a [B] of u32, each below C.
 * @param classes.b [B] of u32, each below C.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others.
 */
export function logitDifference(logits: Value, { a, b }: { a: Value; b: Value }): Tensor {
  return record(logitDifferenceOp, [logits, a, b], { floored: false })[0];
}
