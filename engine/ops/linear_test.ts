import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph.ts";
import { f32 } from "../shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../tensor.ts";
import { linear, linearOp } from "./linear.ts";

checkOp(linearOp, { forward: { atol: 1e-5, rtol: 1e-3 } });

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

Deno.test("linear() refuses features that differ and names both shapes", () => {
  const error = assertThrows(() => trace(() => linear(zeros(5, 7), zeros(10, 8))), RangeError);
  assertEquals(
    error.message,
    "Cannot apply linear layer: input features differ, x is [5, 7], weights are [10, 8]",
  );
});

Deno.test("linear() refuses a bias of another size", () => {
  const error = assertThrows(() => trace(() => linear(zeros(5, 7), zeros(10, 7), zeros(7))), RangeError);
  assertEquals(error.message, "Cannot apply linear layer: expected a bias of [10], got [7]");
});
