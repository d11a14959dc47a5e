/** Softmax cross-entropy. */

import { record } from "../graph/graph.ts";
import type { NdArray, OpDef } from "../graph/op.ts";
import { f32, formatShape, type Spec, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { logitsKernel } from "./logits_kernel.ts";
import source from "./cross_entropy.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** loss [B, 1]. Inputs: logits [B, C], labels [B] below C. */
export const crossEntropyOp: OpDef<NoAttrs> = {
  name: "cross_entropy",
  shape: ([logits, labels]) => {
    checkLabels(logits, labels);
    return [f32(logits.shape[0], 1)];
  },
  lower: ({ inputs, outputs: [output] }) => [
    logitsKernel({ label: "cross_entropy", source, inputs, output, consts: { GRAD: 0 } }),
  ],
  backward: ({ inputs: [logits, labels], grads: [g] }) => [
    record(crossEntropyGradOp, [logits, labels, g!], {})[0],
    null,
  ],
  reference: ([logits, labels]) => {
    const data = rows(logits).map((z, b) => logSumExp(z) - z[labels.data[b]]);
    return [{ shape: [logits.shape[0], 1], data: Float64Array.from(data) }];
  },
  flops: () => 0,
  cases: crossEntropyCases().map(({ b, c, name }) => ({
    name,
    attrs: {},
    below: c,
    inputs: [f32(b, c), u32(b)],
  })),
};

/** dlogits [B, C]. Inputs: logits, labels, dloss [B, 1]. */
export const crossEntropyGradOp: OpDef<NoAttrs> = {
  name: "cross_entropy_grad",
  shape: ([logits]) => [f32(...logits.shape)],
  lower: ({ inputs, outputs: [output] }) => [
    logitsKernel({ label: "cross_entropy_grad", source, inputs, output, consts: { GRAD: 1 } }),
  ],
  backward: null,
  reference: ([logits, labels, dloss]) => {
    const data = rows(logits).flatMap((z, b) => {
      const total = logSumExp(z);
      return Array.from(z, (v, c) => dloss.data[b] * (Math.exp(v - total) - (c === labels.data[b] ? 1 : 0)));
    });
    return [{ shape: logits.shape, data: Float64Array.from(data) }];
  },
  flops: () => 0,
  cases: crossEntropyCases().map(({ b, c, name }) => ({
    name,
    attrs: {},
    below: c,
    inputs: [f32(b, c), u32(b), f32(b, 1)],
  })),
};

/**
 * Softmax cross-entropy of each example: log(sum over c of exp(logits[b, c])) - logits[b, labels[b]], in natural
 * logarithms, computed relative to the largest logit. The mean over the batch is {@linkcode meanAll} of it.
 *
 * @param logits [B, C].
 * @param labels [B] of u32, each below C.
 * @returns [B, 1].
 * @throws {RangeError} If the shapes or types are others.
 */
export function crossEntropy(logits: Value, labels: Value): Tensor {
  return record(crossEntropyOp, [logits, labels], {})[0];
}

/** @throws {RangeError} If logits are not [B, C] or labels not [B] of u32. */
export function checkLabels(logits: Spec, labels: Spec): void {
  const fits = logits.shape.length === 2 && labels.shape.length === 1 && labels.shape[0] === logits.shape[0];
  if (!fits || labels.dtype !== "u32") {
    throw new RangeError(
      `Cannot compare logits with labels: expected [B, C] and u32 [B], got ${
        formatShape(logits.shape)
      } and ` +
        `${labels.dtype} ${formatShape(labels.shape)}`,
    );
  }
}

function rows(x: NdArray): Float64Array[] {
  const [b, c] = x.shape;
  return Array.from({ length: b }, (_, i) => x.data.subarray(i * c, (i + 1) * c));
}

function logSumExp(z: Float64Array): number {
  const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(z.reduce((sum, v) => sum + Math.exp(v - largest), 0));
}

function crossEntropyCases() {
  return [
    { name: "one class", b: 1, c: 1 },
    { name: "ten classes", b: 5, c: 10 },
    { name: "four classes", b: 3, c: 4 },
    { name: "above a workgroup", b: 65, c: 13 },
    { name: "empty batch", b: 0, c: 10 },
  ];
}
