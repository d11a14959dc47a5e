/**
 * The matrix product in float64, by its definition.
 *
 * @module
 */

import type { NdArray } from "../graph/op.ts";
import { sizeOf } from "../arrays/shape.ts";
import type { MatmulAttrs } from "./matmul.ts";

/** c[n, i, j] = sum over k of op(a)[n, i, k] * op(b)[n, k, j]; with `sumBatch` also over n. */
export function matmulReference(a: NdArray, b: NdArray, attrs: MatmulAttrs): NdArray {
  const [p, q] = a.shape.slice(-2), [r, s] = b.shape.slice(-2);
  const [M, K] = attrs.transposeA ? [q, p] : [p, q], N = attrs.transposeB ? r : s;
  const lead = a.shape.length > b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const shape = attrs.sumBatch ? [M, N] : [...lead, M, N];
  const data = new Float64Array(sizeOf(shape));
  for (let n = 0; n < sizeOf(lead); n++) {
    const a0 = a.shape.length === 2 ? 0 : n * M * K, b0 = b.shape.length === 2 ? 0 : n * K * N;
    const c0 = attrs.sumBatch ? 0 : n * M * N;
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let sum = 0;
        for (let k = 0; k < K; k++) {
          const x = a.data[a0 + (attrs.transposeA ? k * M + i : i * K + k)];
          sum += x * b.data[b0 + (attrs.transposeB ? j * K + k : k * N + j)];
        }
        data[c0 + i * N + j] += sum;
      }
    }
  }
  return { shape, data };
}
