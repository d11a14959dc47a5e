/** The cross-entropy as attacks maximise it: it does not saturate at 0. */

import { record } from "../../engine/graph/graph.ts";
import type { NdArray, OpDef } from "../../engine/graph/op.ts";
import { checkLabels } from "../../engine/ops/cross_entropy.ts";
import { logitsKernel } from "../../engine/ops/logits_kernel.ts";
import { f32, type Spec, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import source from "./log_odds.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** loss [B, 1]. Inputs: logits [B, C], labels [B] below C. */
export const logOddsOp: OpDef<NoAttrs> = {
  name: "log_odds",
  shape: ([logits, labels]) => {
    checkClasses(logits, labels);
    return [f32(logits.shape[0], 1)];
  },
  lower: ({ inputs, outputs: [output] }) => [
    logitsKernel({ label: "log_odds", source, inputs, output, consts: { GRAD: 0 } }),
  ],
  backward: ({ inputs: [logits, labels], grads: [g] }) => [
    record(logOddsGradOp, [logits, labels, g!], {})[0],
    null,
  ],
  reference: (inputs) => {
    const data = oddsOf(inputs).map(({ largest, total, count }) => largest + Math.log(total / count));
    return [{ shape: [inputs[0].shape[0], 1], data: Float64Array.from(data) }];
  },
  flops: () => 0,
  cases: cases((b, c) => [f32(b, c), u32(b)]),
};

/** dlogits [B, C]. Inputs: logits, labels, dloss [B, 1]. */
export const logOddsGradOp: OpDef<NoAttrs> = {
  name: "log_odds_grad",
  shape: ([logits]) => [f32(...logits.shape)],
  lower: ({ inputs, outputs: [output] }) => [
    logitsKernel({ label: "log_odds_grad", source, inputs, output, consts: { GRAD: 1 } }),
  ],
  backward: null,
  reference: (inputs) => {
    const [logits, labels, dloss] = inputs;
    const data = oddsOf(inputs).flatMap(({ shares, total }, b) =>
      shares.map((share, c) => dloss.data[b] * (c === labels.data[b] ? -1 : share / total))
    );
    return [{ shape: logits.shape, data: Float64Array.from(data) }];
  },
  flops: () => 0,
  cases: cases((b, c) => [f32(b, c), u32(b), f32(b, 1)]),
};

/**
 * Log odds against the label of each example, up to a constant: log(mean over j != y of exp(z_j - z_y)), which is
 * log((1 - p_y) / p_y) - log(C - 1) with p the softmax.
 *
 * The cross-entropy is log(1 + (C - 1) exp(this)): both have the same maxima and, per example, gradients of the same
 * direction. But in float32 the cross-entropy and its gradient are 0 where the label leads by about 100, and it equals
 * log(C) where logits differ by less than 1e-7. The log odds are exact to rounding in both cases, and their gradient by the
 * logits is never 0.
 *
 * @param logits [B, C], at least 2 classes.
 * @param labels [B] of u32, each below C.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others, or there is only one class.
 */
export function logOdds(logits: Value, labels: Value): Tensor {
  return record(logOddsOp, [logits, labels], {})[0];
}

function checkClasses(logits: Spec, labels: Spec): void {
  checkLabels(logits, labels);
  if (logits.shape[1] >= 2) return;
  throw new RangeError(
    `Cannot compute log odds against a label: it needs at least 2 classes, got ${logits.shape[1]}`,
  );
}

/** Of each example: the largest difference to the label, and exp(difference - largest) of each other class. */
function oddsOf([logits, labels]: readonly NdArray[]) {
  const [b, c] = logits.shape;
  return Array.from({ length: b }, (_, i) => {
    const z = logits.data.subarray(i * c, (i + 1) * c), label = labels.data[i];
    const others = Array.from(z, (v, j) => j === label ? -Infinity : v - z[label]);
    const largest = Math.max(...others);
    const shares = others.map((d) => Math.exp(d - largest));
    return { largest, shares, total: shares.reduce((sum, v) => sum + v, 0), count: c - 1 };
  });
}

function cases(inputs: (b: number, c: number) => Spec[]) {
  return [
    { name: "two classes", b: 3, c: 2 },
    { name: "four classes", b: 3, c: 4 },
    { name: "ten classes", b: 5, c: 10 },
    { name: "above a workgroup", b: 65, c: 13 },
    { name: "empty batch", b: 0, c: 10 },
  ].map(({ name, b, c }) => ({ name, attrs: {}, below: c, inputs: inputs(b, c) }));
}
