import { assert, assertEquals } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { createTimeEmbedding } from "./time_embedding.ts";

Deno.test("createTimeEmbedding() gives every timestep a vector of its own, four times as long as base", () => {
  const layer = createTimeEmbedding("time", { base: 8, seed: 0 });
  const t = new Variable("t", u32(3), Uint32Array.of(5, 6, 5));
  const { graph, result } = trace(() => layer.apply(t));
  assertEquals(result.shape, [3, layer.outputs]);
  assertEquals(layer.outputs, 32);
  const { data } = evaluateReference(graph, [result])[0];
  const [a, b, c] = [0, 32, 64].map((at) => data.slice(at, at + 32));
  assertEquals(a, c);
  assert(a.some((v, i) => Math.abs(v - b[i]) > 1e-3));
});
