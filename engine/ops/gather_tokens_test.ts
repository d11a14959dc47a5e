import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32, type Spec, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gatherTokens, gatherTokensOp } from "./gather_tokens.ts";

checkOp(gatherTokensOp);

Deno.test("gatherTokens() refuses other shapes and numbers that are no integers", () => {
  const x = new Variable("x", f32(2, 4, 3));
  const refused: [Spec, string][] = [
    [f32(2, 3), "f32 [2, 3]"],
    [u32(3, 2), "u32 [3, 2]"],
    [u32(2), "u32 [2]"],
  ];
  for (const [spec, text] of refused) {
    assertThrows(
      () => trace(() => gatherTokens(x, new Variable("index", spec))),
      RangeError,
      `Cannot gather tokens: expected [B, T, D] and u32 [B, K], got [2, 4, 3] and ${text}`,
    );
  }
});
