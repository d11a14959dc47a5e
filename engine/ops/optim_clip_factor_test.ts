import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { clipFactor, clipFactorOp } from "./optim_clip_factor.ts";

checkOp(clipFactorOp, { forward: { atol: 1e-6, rtol: 2e-6 } });

Deno.test("clipFactor() refuses a largest norm that is not above 0", () => {
  const x = new Variable("x", f32(2));
  for (const maxNorm of [0, -1, NaN, Infinity]) {
    assertThrows(() => trace(() => clipFactor([x], maxNorm)), RangeError, `got ${maxNorm}`);
  }
});

Deno.test("clipFactor() refuses an empty list", () => {
  assertThrows(() => trace(() => clipFactor([], 1)), RangeError, "no gradients given");
});
