import { assertThrows } from "@std/assert";
import { f32, u32 } from "../../engine/shape.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { squareAcceptOp } from "./accept.ts";

checkOp(squareAcceptOp);

Deno.test("squareAccept() refuses shapes that do not fit together", () => {
  const image = f32(2, 4, 4, 3), column = f32(2, 1), slot = u32(2, 4), attrs = { queries: 1, runs: 1 };
  const check = (inputs: Parameters<typeof squareAcceptOp.shape>[0], message: string) =>
    assertThrows(() => squareAcceptOp.shape(inputs, attrs), RangeError, message);
  check([image, column, slot, f32(2, 4, 4, 1), column], "[2, 4], [2, 4, 4, 1], [2, 1]");
  check([image, column, slot, image, f32(2, 10)], "[2, 4, 4, 3], [2, 10]");
});
