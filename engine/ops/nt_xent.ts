/** The contrastive loss of SimCLR. */

import { record } from "../graph/graph.ts";
import type { Kernel, LowerContext, NdArray, OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, rowVec4s, sameShape } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { concat } from "./concat.ts";
import { wgslFloat } from "./elementwise.ts";
import { l2Normalize } from "./l2_normalize.ts";
import { matmul } from "./matmul.ts";
import { meanAll } from "./reduce_sum.ts";
import source from "./nt_xent.wgsl" with { type: "text" };

interface NtXentAttrs {
  readonly [key: string]: unknown;
  readonly temperature: number;
}

/** loss [M, 1] of each view. Input: similarities [M, M] of M = 2 N views; i and (i + N) % M are one image's. */
export const ntXentOp: OpDef<NtXentAttrs> = {
  name: "nt_xent",
  shape: ([s]) => {
    checkSimilarities(s.shape);
    return [f32(s.shape[0], 1)];
  },
  lower: (context) => [kernel(context, { grad: false })],
  backward: ({ inputs: [s], grads: [g], attrs }) => [record(ntXentGradOp, [s, g!], attrs)[0]],
  reference: ([s], { temperature }) => {
    const views = s.shape[0];
    const data = Float64Array.from({ length: views }, (_, i) => {
      return logSumOfOthers(s, { i, temperature }) - s.data[i * views + partner(i, views)] / temperature;
    });
    return [{ shape: [views, 1], data }];
  },
  flops: () => 0,
  cases: similarityCases((views) => [f32(views, views)]),
};

/** Gradient [M, M]. Inputs: similarities [M, M], dloss [M, 1]. */
export const ntXentGradOp: OpDef<NtXentAttrs> = {
  name: "nt_xent_grad",
  shape: ([s]) => [f32(...s.shape)],
  lower: (context) => [kernel(context, { grad: true })],
  backward: null,
  reference: ([s, dloss], { temperature }) => {
    const views = s.shape[0];
    const data = new Float64Array(views * views);
    for (let i = 0; i < views; i++) {
      const total = logSumOfOthers(s, { i, temperature });
      for (let j = 0; j < views; j++) {
        if (j === i) continue;
        const softmax = Math.exp(s.data[i * views + j] / temperature - total);
        data[i * views + j] = dloss.data[i] / temperature * (softmax - (j === partner(i, views) ? 1 : 0));
      }
    }
    return [{ shape: s.shape, data }];
  },
  flops: () => 0,
  cases: similarityCases((views) => [f32(views, views), f32(views, 1)]),
};

/**
 * NT-Xent, the loss of SimCLR: each of the 2N views must identify its image's other view among the 2N - 1 others,
 *
 *   mean over views i of -log(exp(cos(z_i, z_p(i)) / t) / sum over j != i of exp(cos(z_i, z_j) / t)),
 *
 * cos the cosine similarity, p(i) the other view of i's image, t the temperature. The exponents are taken relative to
 * the largest. Where all views are equal it is log(2N - 1). Chen et al., ICML 2020, https://arxiv.org/abs/2002.05709.
 *
 * @param z0 [N, D], N at least 2: one view of each image.
 * @param z1 [N, D]: the other view of each, in the same order.
 * @returns [].
 * @throws {RangeError} If the shapes differ or are others, N is below 2, or the temperature is not positive and finite.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { ntXent } from "./nt_xent.ts";
 *
 * const z = new Variable("z", f32(3, 2), Float32Array.of(1, 2, 1, 2, 1, 2));
 * const { graph, result } = trace(() => ntXent(z, z, { temperature: 0.1 }));
 * assertAlmostEquals(evaluateReference(graph, [result])[0].data[0], Math.log(2 * 3 - 1), 1e-9);
 * ```
 */
export function ntXent(z0: Value, z1: Value, { temperature }: { readonly temperature: number }): Tensor {
  checkNtXent({ batchSize: z0.shape[0] ?? 0, temperature });
  if (z0.shape.length !== 2 || !sameShape(z0.shape, z1.shape)) {
    throw new RangeError(
      `Cannot contrast views: expected two of one shape [N, D], got ${formatShape(z0.shape)} and ` +
        formatShape(z1.shape),
    );
  }
  const z = l2Normalize(concat([z0, z1], { axis: 0 }));
  const similarities = matmul(z, z, { transposeB: true });
  return meanAll(record(ntXentOp, [similarities], { temperature })[0]);
}

/**
 * Checks the batch size and the temperature of the loss.
 *
 * @throws {RangeError} If the batch has fewer than 2 images or the temperature is not positive and finite.
 */
export function checkNtXent({ batchSize, temperature }: { batchSize: number; temperature: number }): void {
  if (!(batchSize >= 2)) {
    throw new RangeError(
      `Cannot contrast views: a batch has to hold at least 2 images, it holds ${batchSize}`,
    );
  }
  if (!(temperature > 0 && Number.isFinite(Math.fround(1 / temperature)) && Number.isFinite(temperature))) {
    throw new RangeError(
      `Cannot contrast views: the temperature has to be positive and finite, it is ${temperature}`,
    );
  }
}

/** @throws {RangeError} If the similarities are not [2 N, 2 N] with N at least 2. */
function checkSimilarities(shape: readonly number[]): void {
  const [views, columns] = shape;
  if (shape.length === 2 && views === columns && views >= 4 && views % 2 === 0) return;
  throw new RangeError(
    `Cannot contrast views: expected similarities [2 N, 2 N], N at least 2, got ${formatShape(shape)}`,
  );
}

function kernel(
  { inputs, outputs: [out], attrs }: LowerContext<NtXentAttrs>,
  { grad }: { grad: boolean },
): Kernel {
  const [s] = inputs, [M] = s.spec.shape;
  return {
    label: grad ? "nt_xent_grad" : "nt_xent",
    source: fillTemplate(source, {
      consts: { M, M4: rowVec4s(s.spec.shape), GRAD: grad ? 1 : 0 },
      text: { INVERSE_TAU: wgslFloat(1 / attrs.temperature) },
    }),
    bindings: [
      ...inputs.map((operand) => ({ operand, kind: "read" as const })),
      { operand: out, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(M / 64)),
  };
}

/** The other view of the same image. */
function partner(i: number, views: number): number {
  return (i + views / 2) % views;
}

/** log of the sum over j != i of exp(s[i, j] / temperature). */
function logSumOfOthers(s: NdArray, { i, temperature }: { i: number; temperature: number }): number {
  const views = s.shape[0];
  const others = Array.from(s.data.subarray(i * views, (i + 1) * views), (v) => v / temperature)
    .filter((_, j) => j !== i);
  const largest = others.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(others.reduce((sum, v) => sum + Math.exp(v - largest), 0));
}

function similarityCases(inputs: (views: number) => OpCase<NtXentAttrs>["inputs"]): OpCase<NtXentAttrs>[] {
  return [[4, 1], [6, 0.5], [10, 0.1], [66, 0.5]].map(([views, temperature]) => ({
    name: `${views} views, temperature ${temperature}`,
    inputs: inputs(views),
    attrs: { temperature },
  }));
}
