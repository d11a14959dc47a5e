import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assign, assignOp, assignRow, assignRowOp } from "./assign.ts";

checkOp(assignOp);
checkOp(assignRowOp);

const f = (...shape: number[]) => new Variable("v", f32(...shape));

Deno.test("assign() refuses another shape or type", () => {
  assertThrows(
    () => trace(() => assign(f(2, 3), f(3, 2))),
    RangeError,
    "expected f32 [2, 3], got f32 [3, 2]",
  );
  assertThrows(() => trace(() => assign(f(3), new Variable("u", u32(3)))), RangeError, "got u32 [3]");
});

Deno.test("assignRow() refuses a row of another size", () => {
  const index = new Variable("index", u32());
  assertThrows(
    () => trace(() => assignRow(f(4, 3), f(2), { index })),
    RangeError,
    "expected [3] for [4, 3], got [2]",
  );
});
