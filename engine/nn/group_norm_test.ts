import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { createGroupNorm } from "./group_norm.ts";

Deno.test("createGroupNorm() starts as plain normalisation, followed by SiLU where asked for", () => {
  const layer = createGroupNorm("norm", { channels: 4, groups: 2, eps: 0 });
  assertEquals(layer.parameters.map(({ name, shape }) => [name, shape]), [["norm.weight", [4]], [
    "norm.bias",
    [4],
  ]]);
  const x = new Variable("x", f32(1, 4), Float32Array.of(1, 3, -2, 6));
  const { graph, result } = trace(() => [layer.apply(x), layer.apply(x, { silu: true })]);
  const [plain, activated] = evaluateReference(graph, result);
  assertClose("plain", plain.data, { expected: [-1, 1, -1, 1], atol: 1e-12, rtol: 0 });
  const silu = (z: number) => z / (1 + Math.exp(-z));
  assertClose("silu", activated.data, { expected: [-1, 1, -1, 1].map(silu), atol: 1e-12, rtol: 0 });
});

Deno.test("createGroupNorm() refuses groups that do not divide the channels", () => {
  assertThrows(
    () => createGroupNorm("norm", { channels: 6, groups: 4 }),
    RangeError,
    'Cannot make "norm": the groups do not divide the channels, 4 groups and 6 channels',
  );
});
