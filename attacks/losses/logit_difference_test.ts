import { assertEquals } from "@std/assert";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { evaluateOne, type TestedLoss } from "./_testing.ts";
import { logitDifference, logitDifferenceGradOp, logitDifferenceOp } from "./logit_difference.ts";

checkOp(logitDifferenceOp);
checkOp(logitDifferenceGradOp);

const difference: TestedLoss = (logits, a, b) => logitDifference(logits, { a, b });

gpuTest("logitDifference() is z_a - z_b, and 0 with gradient 0 of a class and itself", async (gpu) => {
  const logits = [1, 4, 2, -3, 0.5];
  assertEquals(await evaluateOne(gpu, difference, { logits, classes: [3, 4] }), {
    value: -3.5,
    gradient: [0, 0, 0, 1, -1],
  });
  assertEquals(await evaluateOne(gpu, difference, { logits, classes: [1, 1] }), {
    value: 0,
    gradient: [0, 0, 0, 0, 0],
  });
});
