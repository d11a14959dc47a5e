/**
 * Layer normalisation: over the innermost dimension, example by example.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, lastDim, rowCount, rowVec4s } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import {
  layerNormCases,
  layerNormGradAffineOp,
  layerNormGradInputOp,
  layerStats,
} from "./layer_norm_grad.ts";
import source from "./layer_norm.wgsl" with { type: "text" };

interface LayerNormAttrs {
  readonly [key: string]: unknown;
  readonly eps: number;
}

/**
 * y = gamma * (x - mean) / sqrt(variance + eps) + beta, with each row's own mean and biased variance.
 * Inputs: x [..., C], gamma [C], beta [C]. Outputs: y, and stats [..., 2] = (mean, 1 / sqrt(variance + eps)), which the
 * gradient uses.
 */
export const layerNormOp: OpDef<LayerNormAttrs> = {
  name: "layer_norm",
  shape: ([x, gamma, beta]) => {
    const c = lastDim(x.shape);
    for (const s of [gamma, beta]) {
      if (x.shape.length === 0 || s.shape.length !== 1 || s.shape[0] !== c) {
        throw new RangeError(
          `Cannot normalise: expected [${c}] for x ${formatShape(x.shape)}, got ${formatShape(s.shape)}`,
        );
      }
    }
    if (c === 0) throw new RangeError(`Cannot normalise: the rows are empty, x is ${formatShape(x.shape)}`);
    return [f32(...x.shape), f32(...x.shape.slice(0, -1), 2)];
  },
  lower: ({ inputs, outputs, attrs: { eps } }) => {
    const shape = inputs[0].spec.shape;
    const ROWS = rowCount(shape);
    return [{
      label: "layer_norm",
      source: fillTemplate(source, {
        consts: { ROWS, C: lastDim(shape), C4: rowVec4s(shape) },
        text: { EPS: wgslFloat(eps) },
      }),
      bindings: [
        ...inputs.map((operand) => ({ operand, kind: "read" as const })),
        ...outputs.map((operand) => ({ operand, kind: "read_write" as const })),
      ],
      workgroups: splitGrid(Math.ceil(ROWS / 64)),
      leading: true,
    }];
  },
  backward: ({ inputs: [x, gamma], outputs: [, stats], grads: [g, other], needs }) => {
    if (g === null || other !== null) {
      throw new TypeError(
        "Cannot differentiate: the statistics of layer_norm have no gradient, only its result has",
      );
    }
    const dx = needs(0) ? record(layerNormGradInputOp, [x, gamma, stats, g], {})[0] : null;
    const affine = needs(1) || needs(2) ? record(layerNormGradAffineOp, [x, stats, g], {}) : [null, null];
    return [dx, ...affine];
  },
  reference: ([x, gamma, beta], { eps }) => {
    const c = gamma.data.length;
    const stats = layerStats(x, eps);
    const y = x.data.map((v, i) => {
      const row = Math.floor(i / c);
      return (v - stats[2 * row]) * stats[2 * row + 1] * gamma.data[i % c] + beta.data[i % c];
    });
    return [{ shape: x.shape, data: y }, { shape: [...x.shape.slice(0, -1), 2], data: stats }];
  },
  flops: () => 0,
  cases: layerNormCases().map(({ name, x, large }) => ({
    name,
    large,
    inputs: [f32(...x), f32(lastDim(x)), f32(lastDim(x))],
    attrs: { eps: 1e-5 },
  })),
};

/**
 * Normalises each row of the innermost dimension: gamma (x - mean) / sqrt(variance + eps) + beta, the variance divided
 * by C; eps defaults to 1e-5. Source: Ba et al. 2016, https://arxiv.org/abs/1607.06450, section 3.1.
 *
 * @param x [..., C].
 * @param gamma [C], as is beta.
 * @throws {RangeError} If the rows are empty, or gamma or beta has another number of channels.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { layerNorm } from "./layer_norm.ts";
 *
 * const x = new Variable("x", f32(1, 2), Float32Array.of(3, 7));
 * const gamma = new Variable("gamma", f32(2), Float32Array.of(1, 10));
 * const beta = new Variable("beta", f32(2));
 * const { graph, result } = trace(() => layerNorm(x, gamma, { beta, eps: 0 }));
 * const [y] = evaluateReference(graph, [result]);
 * assertAlmostEquals(y.data[0], -1);
 * assertAlmostEquals(y.data[1], 10);
 * ```
 */
export function layerNorm(
  x: Value,
  gamma: Value,
  { beta, eps = 1e-5 }: { readonly beta: Value; readonly eps?: number },
): Tensor {
  return record(layerNormOp, [x, gamma, beta], { eps })[0];
}
