/**
 * Attention of several heads.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, type Shape, type Spec } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { attentionGradOp } from "./attention_grad.ts";
import { attentionReference } from "./attention_reference.ts";
import {
  type AttentionAttrs,
  attentionSizes,
  headsAligned,
  headSize,
  rowsPerLane,
} from "./attention_sizes.ts";
import { wgslFloat } from "./elementwise.ts";
import { reshape } from "./reshape.ts";
import source from "./attention.wgsl" with { type: "text" };

/**
 * out = softmax(q k^T / sqrt(D / heads)) v, head by head. Inputs: q, k, v as {@linkcode attentionSizes} takes them.
 * Outputs: out in the shape of q, and lse [B, T, heads, 1], the logarithms of the softmax's denominators.
 */
export const attentionOp: OpDef<AttentionAttrs> = {
  name: "attention",
  shape: (inputs, attrs) => {
    const { batch, queries, heads } = attentionSizes(inputs, attrs);
    return [f32(...inputs[0].shape), f32(batch, queries, heads, 1)];
  },
  lower: ({ inputs, outputs, attrs }) => {
    const s = attentionSizes(inputs.map(({ spec }) => spec), attrs);
    const R = rowsPerLane(s.queries, { vec4s: s.vec4s, max: 48 });
    const BLOCKS = Math.ceil(s.queries / R);
    const COUNT = s.batch * s.heads * BLOCKS;
    return [{
      label: "attention",
      source: fillTemplate(source, {
        consts: { COUNT, BLOCKS, R, HEADS: s.heads, TQ: s.queries, TK: s.keys, D4: s.vec4s },
        text: { SCALE: wgslFloat(1 / Math.sqrt(s.size)) },
      }),
      bindings: [
        ...inputs.map((operand) => ({ operand, kind: "read" as const })),
        ...outputs.map((operand) => ({ operand, kind: "read_write" as const })),
      ],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
    }];
  },
  backward: ({ inputs: [q, k, v], outputs: [out, lse], grads: [g, other], attrs }) => {
    if (g === null || other !== null) {
      throw new TypeError(
        "Cannot differentiate: the denominators of attention have no gradient, only its result has",
      );
    }
    return [...record(attentionGradOp, [q, k, v, out, lse, g], attrs)];
  },
  reference: (inputs, attrs, [o, l]) => {
    const { out, lse } = attentionReference(inputs, attentionSizes(inputs.map(specOf), attrs));
    return [{ shape: o.shape, data: out }, { shape: l.shape, data: lse }];
  },
  flops: (inputs, attrs) => {
    const { batch, queries, keys, heads, size } = attentionSizes(inputs, attrs);
    return 4 * batch * heads * queries * keys * size;
  },
  cases: [
    attentionCase("one element", [1, 1, 1], { heads: 1 }),
    attentionCase("one head, odd", [2, 5, 7], { heads: 1 }),
    attentionCase("aligned heads", [2, 9, 24], { heads: 3 }),
    attentionCase("odd heads", [2, 5, 3, 5], { heads: 3 }),
    attentionCase("more keys than queries", [2, 3, 16], { heads: 2, keys: 7 }),
    attentionCase("above a workgroup", [17, 17, 16], { heads: 4 }),
    attentionCase("empty batch", [0, 5, 8], { heads: 2 }),
    { ...attentionCase("long heads", [2, 6, 128], { heads: 2 }), large: true },
  ],
};

function specOf({ shape }: { readonly shape: Shape }): Spec {
  return f32(...shape);
}

function attentionCase(
  name: string,
  q: Shape,
  { heads, keys }: { heads: number; keys?: number },
): OpCase<AttentionAttrs> {
  const k = q.map((n, d) => d === 1 ? keys ?? n : n);
  return { name, inputs: [f32(...q), f32(...k), f32(...k)], attrs: { heads } };
}

/**
 * The core of multi-head attention: D is cut into `heads` parts of equal size, and in each of them
 * out = softmax(q k^T / sqrt(D / heads)) v over the keys of the same example. The scores never lie in memory.
 * Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.2; gradients from the softmax's
 * denominators as in Dao et al. 2022, https://arxiv.org/abs/2205.14135, algorithm 4.
 *
 * @param q Queries [B, T, D].
 * @param k Keys [B, U, D]; usually U = T.
 * @param v Values [B, U, D].
 * @returns [B, T, D].
 * @throws {RangeError} If the shapes do not fit together, there are no queries or keys, or the heads do not divide D.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { attention } from "./attention.ts";
 *
 * const q = new Variable("q", f32(1, 1, 1), Float32Array.of(Math.log(3)));
 * const k = new Variable("k", f32(1, 2, 1), Float32Array.of(0, 1));
 * const v = new Variable("v", f32(1, 2, 1), Float32Array.of(8, 16));
 * const { graph, result } = trace(() => attention(q, k, v, { heads: 1 }));
 * assertAlmostEquals(evaluateReference(graph, [result])[0].data[0], 8 / 4 + 16 * 3 / 4, 1e-6);
 * ```
 */
export function attention(
  q: Value,
  k: Value,
  v: Value,
  { heads }: { readonly heads: number },
): Tensor {
  if (q.shape.length !== 3 || headsAligned(q.shape, heads)) {
    return record(attentionOp, [q, k, v], { heads })[0];
  }
  // Heads that do not begin at whole vec4s are moved apart, and back.
  const size = headSize(q.shape, heads);
  const apart = [q, k, v].map((x) => reshape(x, [...x.shape.slice(0, -1), heads, size]));
  return reshape(record(attentionOp, apart, { heads })[0], q.shape);
}
