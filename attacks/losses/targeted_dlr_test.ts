import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { trace } from "../../engine/graph/graph.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { evaluateOne, type TestedLoss } from "./_testing.ts";
import { targetedDlr, targetedDlrGradOp, targetedDlrOp } from "./targeted_dlr.ts";

checkOp(targetedDlrOp);
checkOp(targetedDlrGradOp);

const loss: TestedLoss = (logits, labels, targets) => targetedDlr(logits, labels, { targets });

gpuTest("targetedDlr() is the way from label to target over the spread of the largest", async (gpu) => {
  const logits = [1, 4, 2, -3, 0];
  const { value } = await evaluateOne(gpu, loss, { logits, classes: [1, 3] });
  assertAlmostEquals(value, -(4 + 3) / (4 - (1 + 0) / 2), 1e-6);
  const reached = await evaluateOne(gpu, loss, { logits, classes: [3, 2] });
  assertAlmostEquals(reached.value, (2 + 3) / (4 - (1 + 0) / 2), 1e-6);
});

gpuTest("targetedDlr() and its gradient are 0 where the target is the label", async (gpu) => {
  const { value, gradient } = await evaluateOne(gpu, loss, { logits: [1, 4, 2, -3, 0], classes: [2, 2] });
  assertEquals(Math.abs(value), 0);
  assertEquals(gradient.map(Math.abs), [0, 0, 0, 0, 0]);
});

gpuTest("targetedDlr() takes the lowest class for the largest among equal logits", async (gpu) => {
  const { value, gradient } = await evaluateOne(gpu, loss, { logits: [1, 1, 1, 1, 3], classes: [4, 0] });
  // z(1) is class 4, z(3) and z(4) are classes 1 and 2; L = -1, D = 2
  assertEquals(value, -1);
  assertEquals(gradient, [0.5, -0.25, -0.25, 0, 0]);
});

Deno.test("targetedDlr() refuses fewer than 4 classes and targets of another form", () => {
  const labels = new Variable("labels", u32(4));
  const compute = (logits: Variable, targets: Variable) =>
    trace(() => targetedDlr(logits, labels, { targets }));
  assertThrows(
    () => compute(new Variable("logits", f32(4, 3)), new Variable("targets", u32(4))),
    RangeError,
    "Cannot compute targeted_dlr: it needs at least 4 classes, got 3",
  );
  assertThrows(
    () => compute(new Variable("logits", f32(4, 10)), new Variable("targets", u32(4, 9))),
    RangeError,
    "Cannot compute targeted_dlr: expected f32 [B, C], u32 [B], u32 [B], got f32 [4, 10], u32 [4], u32 [4, 9]",
  );
});
