import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { asTensor, trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../graph/tensor.ts";
import { reshape, reshapeOp, sameMemory } from "./reshape.ts";

checkOp(reshapeOp);

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

Deno.test("reshape() refuses another number of elements", () => {
  const error = assertThrows(() => trace(() => reshape(zeros(2, 3), [4, 2])), RangeError);
  assertEquals(error.message, "Cannot reshape: [2, 3] has 6 elements, [4, 2] has 8");
});

Deno.test("reshape() to the same shape records nothing", () => {
  const x = zeros(2, 3);
  const { graph } = trace(() => assertStrictEquals(reshape(x, [2, 3]), asTensor(x)));
  assertEquals(graph.nodes.length, 0);
});

Deno.test("sameMemory() tells whether padding lies at the same places", () => {
  assert(sameMemory([2, 3, 5], [6, 5]));
  assert(sameMemory([2, 8], [4, 4]));
  assertFalse(sameMemory([2, 6], [4, 3]));
  assertFalse(sameMemory([2, 6], [3, 4]));
});
