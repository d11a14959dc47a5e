import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { assertClose } from "../testing/compare.ts";
import { checkOp } from "../testing/check_op.ts";
import { type Value, Variable } from "../graph/tensor.ts";
import { sinusoidalEmbedding, sinusoidalEmbeddingOp } from "./sinusoidal_embedding.ts";

// The angle of t = 4,000 is off by up to 2^-33 t turns, 3e-6 radians.
checkOp(sinusoidalEmbeddingOp, { forward: { atol: 4e-6, rtol: 0 } });

Deno.test("sinusoidalEmbedding() gives sines, then cosines, of angles from t to t / 10000", () => {
  const t = new Variable("t", u32(2), Uint32Array.of(0, 7));
  const { graph, result } = trace(() => sinusoidalEmbedding(t, { size: 4 }));
  const expected = [0, 0, 1, 1, Math.sin(7), Math.sin(7e-4), Math.cos(7), Math.cos(7e-4)];
  assertClose("embedding", evaluateReference(graph, [result])[0].data, { expected, atol: 1e-12, rtol: 0 });
});

Deno.test("sinusoidalEmbedding() refuses other values and sizes", () => {
  const embed = (t: Value, size: number) => () => trace(() => sinusoidalEmbedding(t, { size }));
  assertThrows(embed(new Variable("t", f32(3)), 8), RangeError, "expected u32 [B], got f32 [3]");
  for (const size of [2, 7, 8.5]) {
    assertThrows(embed(new Variable("t", u32(3)), size), RangeError, `even and from 4 up, got ${size}`);
  }
});
