import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../graph/tensor.ts";
import { dropout, dropoutOp } from "./dropout.ts";

checkOp(dropoutOp);

/** A row of ones per example, after dropout. */
function drop(
  examples: number[],
  { rate, size = 50, step = 0 }: { rate: number; size?: number; step?: number },
) {
  const x = new Variable("x", f32(examples.length, size), new Float32Array(examples.length * size).fill(1));
  const random = {
    examples: new Variable("examples", u32(examples.length), Uint32Array.from(examples)),
    step: new Variable("step", u32(), Uint32Array.of(step)),
    stream: stream(0, "dropout"),
  };
  const { graph, result } = trace(() => dropout(x, { rate, random }));
  return { data: [...evaluateReference(graph, [result])[0].data], nodes: graph.nodes.length };
}

Deno.test("dropout() keeps a share of 1 - rate and divides it by that", () => {
  const { data } = drop([3], { rate: 0.2, size: 10_000 });
  assert(data.every((v) => v === 0 || v === 1.25));
  assertAlmostEquals(data.filter((v) => v === 0).length / data.length, 0.2, 0.02);
});

Deno.test("dropout() draws by example and step, not by batch or position", () => {
  const { data: both } = drop([7, 4], { rate: 0.5 }), { data: one } = drop([4], { rate: 0.5 });
  assertEquals(both.slice(50), one);
  assertNotEquals(both.slice(0, 50), one);
  assertNotEquals(drop([4], { rate: 0.5, step: 1 }).data, one);
});

Deno.test("dropout() records nothing at rate 0", () => {
  assertEquals(drop([1], { rate: 0, size: 3 }), { data: [1, 1, 1], nodes: 0 });
});

Deno.test("dropout() refuses a rate outside [0, 1)", () => {
  for (const rate of [1, -0.1, NaN]) {
    assertThrows(() => drop([1], { rate }), RangeError, `rate must lie in [0, 1), got ${rate}`);
  }
});
