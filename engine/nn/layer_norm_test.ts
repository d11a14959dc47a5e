import { assertAlmostEquals, assertEquals } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { createLayerNorm } from "./layer_norm.ts";

Deno.test("createLayerNorm() normalises rows at first, with its eps", () => {
  const norm = createLayerNorm("norm", { size: 2, eps: 3 });
  assertEquals(norm.parameters.map(({ name }) => name), ["norm.weight", "norm.bias"]);
  const x = new Variable("x", f32(1, 2), Float32Array.of(4, 6));
  const { graph, result } = trace(() => norm.apply(x));
  const [low, high] = evaluateReference(graph, [result])[0].data;
  // The variance is 1: deviations of 1 are divided by sqrt(1 + 3).
  assertAlmostEquals(low, -0.5, 1e-12);
  assertAlmostEquals(high, 0.5, 1e-12);
});
