import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { createSelfAttention } from "./self_attention.ts";

const layer = createSelfAttention("attn", { dim: 6, heads: 2, seed: 3 });

function evaluate(tokens: Float32Array): Float64Array {
  const x = new Variable("x", f32(1, 3, 6), tokens);
  const { graph, result } = trace(() => layer.apply(x));
  return evaluateReference(graph, [result])[0].data;
}

Deno.test("createSelfAttention() treats tokens as a set: reversed tokens give reversed results", () => {
  const tokens = stream(1, "tokens").fillNormal(0, new Float32Array(18));
  const reversed = (x: ArrayLike<number>) => [12, 6, 0].flatMap((at) => Array.from(x).slice(at, at + 6));
  const expected = reversed(evaluate(tokens));
  const found = evaluate(Float32Array.from(reversed(tokens)));
  assertClose("reversed", found, { expected, atol: 1e-12, rtol: 1e-12 });
});

Deno.test("createSelfAttention() gives equal tokens the projection of their own value", () => {
  const token = stream(2, "token").fillNormal(0, new Float32Array(6));
  const tokens = Float32Array.from({ length: 18 }, (_, i) => token[i % 6]);
  const [qkv, , projection] = layer.parameters.map(({ initial }) => Array.from(initial));
  const times = (w: number[], x: ArrayLike<number>) =>
    Array.from({ length: 6 }, (_, o) => w.slice(6 * o, 6 * o + 6).reduce((sum, v, c) => sum + v * x[c], 0));
  const once = times(projection, times(qkv.slice(2 * 36), token));
  const expected = [...once, ...once, ...once];
  assertClose("equal tokens", evaluate(tokens), { expected, atol: 1e-12, rtol: 1e-12 });
});

Deno.test("createSelfAttention() refuses heads that do not divide the dimension", () => {
  const error = assertThrows(() => createSelfAttention("attn", { dim: 8, heads: 3, seed: 0 }), RangeError);
  assertEquals(
    error.message,
    'Cannot make "attn": the heads do not divide the dimension, 3 heads and dimension 8',
  );
});
