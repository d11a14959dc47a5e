import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../../engine/graph/graph.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { evaluateOne } from "./_testing.ts";
import { margin, marginGradOp, marginOp } from "./margin.ts";

checkOp(marginOp);
checkOp(marginGradOp);

gpuTest("margin() is what the label leads the largest other class by", async (gpu) => {
  const logits = [-1, -4, -2, -3, -8];
  assertEquals(await evaluateOne(gpu, margin, { logits, classes: [0] }), {
    value: 1,
    gradient: [1, 0, -1, 0, 0],
  });
  assertEquals(await evaluateOne(gpu, margin, { logits, classes: [4] }), {
    value: -7,
    gradient: [-1, 0, 0, 0, 1],
  });
});

gpuTest("margin() is 0 between equal logits, the lowest class being the larger", async (gpu) => {
  const found = await evaluateOne(gpu, margin, { logits: [5, 5, 5], classes: [2] });
  assertEquals(found, { value: 0, gradient: [-1, 0, 1] });
});

Deno.test("margin() refuses a single class", () => {
  assertThrows(
    () => trace(() => margin(new Variable("logits", f32(4, 1)), new Variable("labels", u32(4)))),
    RangeError,
    "Cannot compute margin: it needs at least 2 classes, got 1",
  );
});
