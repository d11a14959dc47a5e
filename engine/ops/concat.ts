/**
 * Concatenation along an axis.
 *
 * @module
 */

import type { OpDef } from "../graph/op.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { type ConcatAttrs, concatRule, join } from "./concat_rule.ts";
import { split } from "./split.ts";

/** out = the inputs, up to seven, concatenated along `axis`. */
export const concatOp: OpDef<ConcatAttrs> = {
  ...concatRule,
  backward: ({ inputs, grads: [g], attrs: { axis } }) =>
    split(g!, { sizes: inputs.map(({ shape }) => shape[axis]), axis }),
};

/**
 * Concatenates tensors along `axis` (counted from 0, or from the end if negative). All other dimensions and the element
 * types must match. The gradient is {@linkcode split} at the same places.
 *
 * @throws {RangeError} If there are no parts, or they do not fit together.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { concat } from "./concat.ts";
 *
 * const a = new Variable("a", f32(2, 1), Float32Array.of(1, 2));
 * const b = new Variable("b", f32(2, 2), Float32Array.of(3, 4, 5, 6));
 * const { graph, result } = trace(() => concat([a, b], { axis: 1 }));
 * assertEquals([...evaluateReference(graph, [result])[0].data], [1, 3, 4, 2, 5, 6]);
 * ```
 */
export function concat(parts: readonly Value[], { axis }: { readonly axis: number }): Tensor {
  return join(concatOp, parts, { axis: axis < 0 ? axis + (parts[0]?.shape.length ?? 0) : axis });
}
