/** Mean squared errors, over all elements or over masked tokens. */

import { record } from "../graph/graph.ts";
import type { Kernel, LowerContext, OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import {
  f32,
  formatShape,
  lastDim,
  rowCount,
  rowVec4s,
  sameShape,
  sizeOf,
  type Spec,
} from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { div, scale, square, sub } from "./arithmetic.ts";
import { wgslFloat } from "./elementwise.ts";
import { meanAll, sumAll } from "./reduce_sum.ts";
import source from "./masked_mse.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** error [B, T, 1]. Inputs: prediction, target [B, T, P], mask [B, T, 1]. */
export const tokenErrorOp: OpDef<NoAttrs> = {
  name: "token_error",
  shape: ([prediction, target, mask]) => {
    checkShapes(prediction, target, mask);
    return [f32(...mask.shape)];
  },
  lower: (context) => [kernel(context, { grad: false })],
  backward: ({ inputs: [prediction, target, mask], grads: [g], needs }) => {
    const grad = record(tokenErrorGradOp, [prediction, target, mask, g!], {})[0];
    return [grad, needs(1) ? scale(grad, -1) : null, null];
  },
  reference: ([prediction, target, mask]) => {
    const p = lastDim(prediction.shape);
    const data = new Float64Array(mask.data.length);
    prediction.data.forEach((v, i) => data[Math.floor(i / p)] += (v - target.data[i]) ** 2 / p);
    return [{ shape: mask.shape, data: data.map((v, r) => v * mask.data[r]) }];
  },
  constantInputs: [2],
  flops: ([prediction]) => 3 * sizeOf(prediction.shape),
  cases: errorCases(false),
};

/** Gradient [B, T, P] by the prediction. Inputs: prediction, target, mask, derror [B, T, 1]. */
export const tokenErrorGradOp: OpDef<NoAttrs> = {
  name: "token_error_grad",
  shape: ([prediction]) => [f32(...prediction.shape)],
  lower: (context) => [kernel(context, { grad: true })],
  backward: null,
  reference: ([prediction, target, mask, derror]) => {
    const p = lastDim(prediction.shape);
    const data = prediction.data.map((v, i) => {
      const r = Math.floor(i / p);
      return derror.data[r] * mask.data[r] * 2 / p * (v - target.data[i]);
    });
    return [{ shape: prediction.shape, data }];
  },
  flops: ([prediction]) => 2 * sizeOf(prediction.shape),
  cases: errorCases(true),
};

/**
 * Mean squared error over the tokens in a mask: sum over b, t of mask[b, t] * mean over p of (prediction - target)^2,
 * divided by the sum of the mask. Tokens with a mask of 0 have no influence, and a gradient of exactly 0. This is the
 * loss of MAE (He et al., CVPR 2022, https://arxiv.org/abs/2111.06377).
 *
 * @param prediction [B, T, P].
 * @param target [B, T, P].
 * @param mask [B, T, 1] of 0 and 1, at least one of them 1; not differentiated.
 * @returns [].
 * @throws {RangeError} If the shapes are others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { maskedMse } from "./masked_mse.ts";
 *
 * const prediction = new Variable("prediction", f32(1, 2, 2), Float32Array.of(1, 2, 3, 4));
 * const target = new Variable("target", f32(1, 2, 2), Float32Array.of(9, 9, 1, 4));
 * const mask = new Variable("mask", f32(1, 2, 1), Float32Array.of(0, 1));
 * const { graph, result } = trace(() => maskedMse(prediction, target, { mask }));
 * assertEquals([...evaluateReference(graph, [result])[0].data], [2]);
 * ```
 */
export function maskedMse(prediction: Value, target: Value, { mask }: { readonly mask: Value }): Tensor {
  const [errors] = record(tokenErrorOp, [prediction, target, mask], {});
  return div(sumAll(errors), sumAll(mask));
}

/**
 * Mean squared error: the mean over all elements of (a - b)^2.
 *
 * @param a Any shape that is not empty.
 * @param b The same shape.
 * @returns [].
 * @throws {RangeError} If the shapes differ or are empty.
 */
export function mse(a: Value, b: Value): Tensor {
  if (!sameShape(a.shape, b.shape)) {
    throw new RangeError(
      `Cannot compare: expected two of one shape, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  return meanAll(square(sub(a, b)));
}

/** @throws {RangeError} If they are not [B, T, P] twice and [B, T, 1]. */
function checkShapes(prediction: Spec, target: Spec, mask: Spec): void {
  const { shape } = prediction;
  const fits = shape.length === 3 && sameShape(shape, target.shape) &&
    sameShape(mask.shape, [...shape.slice(0, 2), 1]);
  if (fits) return;
  throw new RangeError(
    `Cannot compare tokens: expected [B, T, P] twice and a mask [B, T, 1], got ${formatShape(shape)}, ` +
      `${formatShape(target.shape)} and ${formatShape(mask.shape)}`,
  );
}

function kernel({ inputs, outputs: [out] }: LowerContext<NoAttrs>, { grad }: { grad: boolean }): Kernel {
  const { shape } = inputs[0].spec, P4 = rowVec4s(shape), P = Math.max(1, lastDim(shape));
  const COUNT = rowCount(shape) * (grad ? P4 : 1);
  return {
    label: grad ? "token_error_grad" : "token_error",
    source: fillTemplate(source, {
      consts: { COUNT, P4: Math.max(1, P4), GRAD: grad ? 1 : 0 },
      text: { ONE_OVER_P: wgslFloat(1 / P), TWO_OVER_P: wgslFloat(2 / P) },
    }),
    bindings: [
      ...inputs.map((operand) => ({ operand, kind: "read" as const })),
      { operand: out, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

function errorCases(grad: boolean): OpCase<NoAttrs>[] {
  const shapes: [string, [number, number, number]][] = [
    ["one element", [1, 1, 1]],
    ["odd", [3, 5, 7]],
    ["whole vec4s", [2, 3, 8]],
    ["above a workgroup", [5, 14, 6]],
    ["empty batch", [0, 3, 4]],
  ];
  return shapes.map(([name, [b, t, p]]) => ({
    name,
    inputs: [f32(b, t, p), f32(b, t, p), f32(b, t, 1), ...(grad ? [f32(b, t, 1)] : [])],
    attrs: {},
  }));
}
