/** One evaluation of Auto-PGD's points: loss, prediction and gradient. */

import { gradients } from "../../engine/autograd/autograd.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { correct } from "../../engine/ops/correct.ts";
import { fill } from "../../engine/ops/fill.ts";
import { formatShape, sameShape } from "../../engine/arrays/shape.ts";
import type { Tensor, Value, Variable } from "../../engine/graph/tensor.ts";
import type { ApgdOptions, ObjectiveInputs } from "./apgd_options.ts";
import { lossOf } from "./loss_of.ts";

/** Loss, prediction and gradient at the points. */
export interface PointEvaluation<T extends Value> {
  /** [B, 1]. */
  readonly loss: T;
  /** 1 where classified as the label, [B, 1]; for an objective, the loss again. */
  readonly right: T;
  /** Of the loss, [B, H, W, C]. */
  readonly gradient: T;
}

/**
 * Records one evaluation.
 *
 * @throws {RangeError} If an objective is not [B, 1], or logits are not [B, classes].
 */
export function evaluatePoints(
  options: ApgdOptions,
  { points, inputs }: { points: Variable; inputs: ObjectiveInputs },
): PointEvaluation<Tensor> {
  const images = asTensor(points), B = points.shape[0];
  const refuse = (what: string, expected: readonly number[], { shape }: Tensor) => {
    throw new RangeError(
      `Cannot compile attack "${options.name}": expected ${what} of shape ${formatShape(expected)}, got ${
        formatShape(shape)
      }`,
    );
  };
  if ("objective" in options) {
    const loss = options.objective(images, inputs);
    if (!sameShape(loss.shape, [B, 1])) refuse("an objective", [B, 1], loss);
    return { loss, right: loss, gradient: differentiate(loss, images) };
  }
  const logits = options.logits(images, inputs.eot);
  const classes = options.classes ?? logits.shape[1] ?? 1;
  if (!sameShape(logits.shape, [B, classes])) refuse("logits", [B, classes], logits);
  const loss = lossOf(options, logits, inputs);
  const right = options.goal === "maximise" ? loss : correct(logits, inputs.labels);
  return { loss, right, gradient: differentiate(loss, images) };
}

function differentiate(loss: Tensor, images: Tensor): Tensor {
  return gradients(loss, [images], { seed: fill(loss.shape, 1) })[0];
}
