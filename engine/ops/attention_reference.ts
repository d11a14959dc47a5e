/** Attention and its gradients in float64. */

import type { NdArray } from "../graph/op.ts";
import type { AttentionSizes } from "./attention_sizes.ts";

/** Softmax weights of one query, and the logarithm of their denominator. */
function weights(
  q: Float64Array,
  { k, head, sizes: s }: { k: Float64Array; head: number; sizes: AttentionSizes },
): { p: Float64Array; lse: number } {
  const width = s.heads * s.size;
  const scores = Float64Array.from({ length: s.keys }, (_, j) => {
    return dot(q, k.subarray(j * width + head * s.size)) / Math.sqrt(s.size);
  });
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = scores.reduce((sum, v) => sum + Math.exp(v - largest), 0);
  return { p: scores.map((v) => Math.exp(v - largest) / total), lse: largest + Math.log(total) };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, c) => sum + v * b[c], 0);
}

/** Calls `visit` for each query of each head: where its vector begins in q, and its example's keys in k. */
function eachQuery(
  s: AttentionSizes,
  visit: (at: { row: number; query: number; keys: [from: number, to: number]; head: number }) => void,
): void {
  const width = s.heads * s.size;
  for (let b = 0; b < s.batch; b++) {
    const keys: [number, number] = [b * s.keys * width, (b + 1) * s.keys * width];
    for (let i = 0; i < s.queries; i++) {
      for (let head = 0; head < s.heads; head++) {
        const row = (b * s.queries + i) * s.heads + head;
        visit({ row, query: row * s.size, keys, head });
      }
    }
  }
}

/** The result, and the logarithm of each row's softmax denominator. */
export function attentionReference(
  [q, k, v]: readonly NdArray[],
  s: AttentionSizes,
): { out: Float64Array; lse: Float64Array } {
  const out = new Float64Array(q.data.length);
  const lse = new Float64Array(s.batch * s.queries * s.heads);
  eachQuery(s, ({ row, query, keys, head }) => {
    const found = weights(q.data.subarray(query, query + s.size), {
      k: k.data.subarray(...keys),
      head,
      sizes: s,
    });
    lse[row] = found.lse;
    found.p.forEach((p, j) => {
      const value = keys[0] + (j * s.heads + head) * s.size;
      for (let c = 0; c < s.size; c++) out[query + c] += p * v.data[value + c];
    });
  });
  return { out, lse };
}

/** Gradients of q, k and v, given lse and the product of the result with its gradient, as the kernels are. */
export function attentionGradReference(
  [q, k, v, out, lse, g]: readonly NdArray[],
  s: AttentionSizes,
): { dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const dq = new Float64Array(q.data.length);
  const dk = new Float64Array(k.data.length), dv = new Float64Array(k.data.length);
  const scale = 1 / Math.sqrt(s.size);
  eachQuery(s, ({ row, query, keys, head }) => {
    const own = g.data.subarray(query, query + s.size);
    const delta = dot(own, out.data.subarray(query));
    for (let j = 0; j < s.keys; j++) {
      const at = keys[0] + (j * s.heads + head) * s.size;
      const score = scale * dot(q.data.subarray(query, query + s.size), k.data.subarray(at));
      const p = Math.exp(score - lse.data[row]);
      const ds = p * (dot(own, v.data.subarray(at)) - delta);
      for (let c = 0; c < s.size; c++) {
        dq[query + c] += scale * ds * k.data[at + c];
        dk[at + c] += scale * ds * q.data[query + c];
        dv[at + c] += p * own[c];
      }
    }
  });
  return { dq, dk, dv };
}
