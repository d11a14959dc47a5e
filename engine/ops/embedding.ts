/** Lookup of rows in a table. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { f32, formatShape, rowCount, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { gatherKernel, gatherReference } from "./gather_tokens.ts";
import { tokenSumOp } from "./token_sum.ts";

type NoAttrs = Record<string, never>;

/** out [..., D]. Inputs: table [V, D], index u32 [...]. */
export const embeddingOp: OpDef<NoAttrs> = {
  name: "embedding",
  shape: ([table, index]) => {
    if (table.shape.length !== 2 || index.dtype !== "u32") {
      throw new RangeError(
        `Cannot look up rows: expected a table [V, D] and u32 numbers, got ${formatShape(table.shape)} and ` +
          `${index.dtype} ${formatShape(index.shape)}`,
      );
    }
    return [f32(...index.shape, table.shape[1])];
  },
  lower: ({ inputs: [table, index], outputs: [out] }) => [
    gatherKernel({ x: table, index, out, rows: rowCount(index.spec.shape) }),
  ],
  backward: ({ inputs: [table, index], grads: [g] }) => [
    record(tokenSumOp, [g!, index], { tokens: table.shape[0], shared: true })[0],
    null,
  ],
  reference: ([table, index], _, [out]) => [
    gatherReference({ x: table, index, shape: out.shape, rows: rowCount(index.shape) }),
  ],
  flops: () => 0,
  cases: [
    { name: "one element", inputs: [f32(1, 1), u32(1)], attrs: {}, below: 1 },
    { name: "one number", inputs: [f32(3, 6), u32()], attrs: {}, below: 3 },
    { name: "a batch of numbers", inputs: [f32(10, 7), u32(13)], attrs: {}, below: 10 },
    { name: "two dimensions, odd", inputs: [f32(5, 9), u32(4, 6)], attrs: {}, below: 5 },
    { name: "three dimensions, whole vec4s", inputs: [f32(40, 8), u32(2, 3, 4)], attrs: {}, below: 40 },
    { name: "no numbers", inputs: [f32(4, 4), u32(0)], attrs: {}, below: 4 },
  ],
};

/**
 * Looks up rows of a table by index: out[..., :] = table[index[...], :]. The gradient of a row sums over all
 * occurrences of its index, in ascending order.
 *
 * @param table [V, D].
 * @param index u32 of any shape, each below V.
 * @returns [..., D].
 * @throws {RangeError} If the shapes or types are others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32, u32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { embedding } from "./embedding.ts";
 *
 * const table = new Variable("table", f32(3, 1), Float32Array.of(10, 11, 12));
 * const index = new Variable("index", u32(4), Uint32Array.of(2, 0, 0, 1));
 * const { graph, result } = trace(() => embedding(table, index));
 * assertEquals([...evaluateReference(graph, [result])[0].data], [12, 10, 10, 11]);
 * ```
 */
export function embedding(table: Value, index: Value): Tensor {
  return record(embeddingOp, [table, index], {})[0];
}
