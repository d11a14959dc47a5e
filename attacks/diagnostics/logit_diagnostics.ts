/** Diagnostics of an example's logits: not finite, or too flat for the cross-entropy. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { checkLabels } from "../../engine/ops/cross_entropy.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import { logitsKernel } from "../../engine/ops/logits_kernel.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import finiteSource from "../../engine/wgsl/finite.wgsl" with { type: "text" };
import source from "./logit_diagnostics.wgsl" with { type: "text" };

/** Diagnostics of an example: bits of a mask. */
export const DIAGNOSTIC = {
  /** A logit is not finite. */
  notFinite: 1,
  /** The logits of all wrong classes lie within {@linkcode FLAT_RANGE} of each other. */
  flat: 2,
  /** In at least one step of the attack the gradient was 0 or not finite. */
  noGradient: 4,
} as const;

/** Within such a range no wrong class is e times as probable as another: the cross-entropy hardly prefers one of them. */
export const FLAT_RANGE = 1;

/** out [B, 1]: `notFinite` or `flat` of {@linkcode DIAGNOSTIC}, or 0. Inputs: logits [B, C], labels [B]. */
export const diagnoseLogitsOp: OpDef<Record<string, never>> = {
  name: "diagnose_logits",
  shape: ([logits, labels]) => {
    checkLabels(logits, labels);
    return [f32(logits.shape[0], 1)];
  },
  lower: ({ inputs, outputs: [output] }) => [
    logitsKernel({
      label: "diagnose_logits",
      source,
      include: [finiteSource],
      text: {
        FLAT_RANGE: wgslFloat(FLAT_RANGE),
        NOT_FINITE: `${DIAGNOSTIC.notFinite}.0`,
        FLAT: `${DIAGNOSTIC.flat}.0`,
      },
      inputs,
      output,
    }),
  ],
  backward: null,
  reference: ([logits, labels], _, [out]) => {
    const [b, c] = logits.shape;
    const data = Float64Array.from(
      { length: b },
      (_, i) => diagnosticOf(logits.data.subarray(i * c, (i + 1) * c), labels.data[i]),
    );
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: [
    { name: "two classes", inputs: [f32(2, 2), u32(2)], attrs: {}, below: 2 },
    { name: "three classes", inputs: [f32(67, 3), u32(67)], attrs: {}, below: 3 },
    { name: "ten classes", inputs: [f32(5, 10), u32(5)], attrs: {}, below: 10 },
  ],
};

/**
 * Diagnostics of each example: `notFinite`, `flat` (with three classes or more) or 0.
 *
 * @param logits [B, C].
 * @param labels [B] of u32, each below C.
 * @returns [B, 1].
 */
export function diagnoseLogits(logits: Value, labels: Value): Tensor {
  return record(diagnoseLogitsOp, [logits, labels], {})[0];
}

/** The same of one example, on the host. */
export function diagnosticOf(logits: ArrayLike<number>, label: number): number {
  const all = Array.from(logits);
  if (!all.every(Number.isFinite)) return DIAGNOSTIC.notFinite;
  const others = all.filter((_, c) => c !== label);
  const flat = others.length > 1 && Math.max(...others) - Math.min(...others) < FLAT_RANGE;
  return flat ? DIAGNOSTIC.flat : 0;
}
