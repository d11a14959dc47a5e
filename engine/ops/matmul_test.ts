import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../graph/tensor.ts";
import { matmul, matmulOp } from "./matmul.ts";

checkOp(matmulOp, { forward: { atol: 1e-5, rtol: 1e-3 } });

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

Deno.test("matmul() refuses inner dimensions that differ and names both shapes", () => {
  const error = assertThrows(() => trace(() => matmul(zeros(128, 64), zeros(32, 10))), RangeError);
  assertEquals(
    error.message,
    "Cannot multiply matrices: inner dimensions differ, a is [128, 64], b is [32, 10]",
  );
});

Deno.test("matmul() refuses leading dimensions that differ", () => {
  const error = assertThrows(
    () => trace(() => matmul(zeros(2, 3, 4), zeros(3, 5, 4), { transposeB: true })),
    RangeError,
  );
  assertEquals(
    error.message,
    "Cannot multiply matrices: leading dimensions differ, a is [2, 3, 4], b is [3, 5, 4] transposed",
  );
});

Deno.test("matmul() refuses a vector", () => {
  assertThrows(() => trace(() => matmul(zeros(4), zeros(4, 2))), RangeError, "at least two dimensions");
});
