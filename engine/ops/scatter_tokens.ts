/** Placement of tokens by index, with a common token at all other places. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { f32, formatShape, lastDim, sizeOf, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { mul } from "./arithmetic.ts";
import { fill as constant } from "./fill.ts";
import { checkTokens, gatherTokens } from "./gather_tokens.ts";
import { tokenSumKernel, tokenSumReference } from "./token_sum.ts";

interface ScatterAttrs {
  readonly [key: string]: unknown;
  /** T. */
  readonly tokens: number;
}

/** out [B, T, D]. Inputs: x [B, K, D], index u32 [B, K], fill [D]. */
export const scatterTokensOp: OpDef<ScatterAttrs> = {
  name: "scatter_tokens",
  shape: ([x, index, fill], { tokens }) => {
    checkTokens("scatter tokens", x, index);
    if (x.shape[1] !== index.shape[1]) {
      throw new RangeError(
        `Cannot scatter tokens: expected one number for each token, got ${formatShape(x.shape)} and ` +
          formatShape(index.shape),
      );
    }
    if (lastDim(fill.shape) !== x.shape[2] || sizeOf(fill.shape) !== x.shape[2]) {
      throw new RangeError(
        `Cannot scatter tokens: expected a filling of [${x.shape[2]}], got ${formatShape(fill.shape)}`,
      );
    }
    return [f32(x.shape[0], tokens, x.shape[2])];
  },
  lower: ({ inputs: [x, index, fill], outputs: [out] }) => [tokenSumKernel({ x, index, out, fill, rows: 1 })],
  backward: ({ inputs: [, index], grads: [g], attrs: { tokens }, needs }) => [
    needs(0) ? gatherTokens(g!, index) : null,
    null,
    // Autograd sums it down to the filling's shape.
    needs(2) ? mul(g!, absentTokens(index, { tokens })) : null,
  ],
  reference: ([x, index, fill], _, [out]) => [
    tokenSumReference({ x, index, fill, shape: out.shape, rows: 1 }),
  ],
  flops: () => 0,
  cases: [
    scatterCase("one element", { b: 1, k: 1, d: 1, tokens: 1 }),
    scatterCase("one element of two", { b: 1, k: 1, d: 1, tokens: 2 }),
    scatterCase("odd", { b: 3, k: 5, d: 7, tokens: 9 }),
    scatterCase("whole vec4s", { b: 2, k: 4, d: 8, tokens: 6 }),
    scatterCase("long rows, above a workgroup", { b: 5, k: 3, d: 18, tokens: 8 }),
    scatterCase("empty batch", { b: 0, k: 3, d: 4, tokens: 5 }),
  ],
};

function scatterCase(name: string, { b, k, d, tokens }: { b: number; k: number; d: number; tokens: number }) {
  return { name, inputs: [f32(b, k, d), u32(b, k), f32(d)], attrs: { tokens }, below: tokens };
}

/** Settings of {@linkcode scatterTokens}. */
export interface ScatterOptions {
  /** u32 [B, K], each below `tokens`, distinct within an example. */
  readonly index: Value;
  /** T, how many places there are. */
  readonly tokens: number;
  /** [D], or [1, 1, D]: the token of every place where none lands. */
  readonly fill: Value;
}

/**
 * Places tokens of each example by index: out[b, index[b, k], :] = x[b, k, :], and `fill` at all others. The inverse of
 * {@linkcode gatherTokens}, which is its gradient; the gradient of `fill` sums over the empty places in fixed order.
 * Tokens that share a place are added up, in ascending order.
 *
 * @param x [B, K, D].
 * @returns [B, T, D].
 * @throws {RangeError} If the shapes or types are others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32, u32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { scatterTokens } from "./scatter_tokens.ts";
 *
 * const x = new Variable("x", f32(1, 2, 1), Float32Array.of(5, 6));
 * const index = new Variable("index", u32(1, 2), Uint32Array.of(2, 0));
 * const fill = new Variable("fill", f32(1), Float32Array.of(-1));
 * const { graph, result } = trace(() => scatterTokens(x, { index, tokens: 4, fill }));
 * assertEquals([...evaluateReference(graph, [result])[0].data], [6, -1, 5, -1]);
 * ```
 */
export function scatterTokens(x: Value, { index, tokens, fill }: ScatterOptions): Tensor {
  return record(scatterTokensOp, [x, index, fill], { tokens })[0];
}

/**
 * 1 at every place that no number names, else 0: the mask of what was left out.
 *
 * @param index u32 [B, K].
 * @param tokens T, how many places there are.
 * @returns [B, T, 1].
 */
export function absentTokens(index: Value, { tokens }: { tokens: number }): Tensor {
  const zeros = constant([...index.shape, 1], 0);
  return scatterTokens(zeros, { index, tokens, fill: constant([1], 1) });
}
