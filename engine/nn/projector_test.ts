import { assertEquals } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { createProjector } from "./projector.ts";

Deno.test("createProjector() makes linear, relu, linear under the names of a Sequential", () => {
  const projector = createProjector("projector", { inputs: 3, hidden: 5, outputs: 2, seed: 0 });
  const shapes = projector.parameters.map(({ name, shape }) => [name, shape]);
  assertEquals(shapes, [
    ["projector.0.weight", [5, 3]],
    ["projector.0.bias", [5]],
    ["projector.2.weight", [2, 5]],
    ["projector.2.bias", [2]],
  ]);
  assertEquals(projector.buffers, []);
});

Deno.test("createProjector() cuts hidden values off below 0", () => {
  const projector = createProjector("projector", { inputs: 1, hidden: 2, outputs: 1, seed: 0 });
  const values = [[1, -1], [0, 0], [1, 10], [0.5]];
  projector.parameters.forEach(({ initial }, i) => initial.set(values[i]));
  const x = new Variable("x", f32(3, 1), Float32Array.of(2, -3, 0));
  const { graph, result } = trace(() => projector.apply(x));
  assertEquals([...evaluateReference(graph, [result])[0].data], [2.5, 30.5, 0.5]);
});
