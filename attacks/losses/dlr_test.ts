import { assertAlmostEquals, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { trace } from "../../engine/graph/graph.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { evaluateOne, type TestedLoss } from "./_testing.ts";
import { dlr, dlrGradOp, dlrOp } from "./dlr.ts";

checkOp(dlrOp);
checkOp(dlrGradOp);

const plain: TestedLoss = (logits, labels) => dlr(logits, labels);

gpuTest(
  "dlr() is above 0 where the prediction is wrong, whatever shift and scale the logits have",
  async (gpu) => {
    const logits = [1, 4, 2, -3, 0.5];
    for (const change of [(z: number) => z, (z: number) => 1000 * z, (z: number) => z + 64]) {
      const given = logits.map(change);
      const right = await evaluateOne(gpu, plain, { logits: given, classes: [1] });
      const wrong = await evaluateOne(gpu, plain, { logits: given, classes: [3] });
      assertAlmostEquals(right.value, -(4 - 2) / (4 - 1), 1e-6);
      assertAlmostEquals(wrong.value, (4 + 3) / (4 - 1), 1e-6);
      assertLess(right.value, 0);
      assertGreater(wrong.value, 0);
    }
  },
);

gpuTest("dlr() takes the lowest class for the largest among equal logits", async (gpu) => {
  const tie = await evaluateOne(gpu, plain, { logits: [0, 2, 2, 1, 1], classes: [1] });
  assertEquals(Math.abs(tie.value), 0);
  assertEquals(tie.gradient.map((g) => g + 0), [0, -1, 1, 0, 0]);
  const behind = await evaluateOne(gpu, plain, { logits: [0, 2, 2, 1, 1], classes: [3] });
  // z(1) is class 1, z(2) is class 2, z(3) is class 3: dL = (dz1 - dz3) / 1 - 1 * (dz1 - dz3)
  assertEquals(behind.value, 1);
  assertEquals(behind.gradient.map(Math.abs), [0, 0, 0, 0, 0]);
});

gpuTest("dlr() of three equal largest logits stays finite", async (gpu) => {
  const given = { logits: [1, 1, 1, 0], classes: [3] };
  const official: TestedLoss = (logits, labels) => dlr(logits, labels, { officialConstants: true });
  for (const [loss, expected] of [[plain, 1], [official, 1e12]] as const) {
    const { value, gradient } = await evaluateOne(gpu, loss, given);
    assertAlmostEquals(value / expected, 1, 1e-5);
    assertEquals(gradient.filter((g) => !Number.isFinite(g)), []);
  }
});

gpuTest(
  "dlr() does not depend on the scale of the logits from 1e-20 to 1e20, as the official one does",
  async (gpu) => {
    const official: TestedLoss = (logits, labels) => dlr(logits, labels, { officialConstants: true });
    for (const scale of [1e-20, 1e-13, 1, 1e12, 1e20]) {
      const given = { logits: [1, 4, 2, -3, 0.5].map((z) => scale * z), classes: [1] };
      const { value, gradient } = await evaluateOne(gpu, plain, given);
      assertAlmostEquals(value, -2 / 3, 1e-6, `scale ${scale}`);
      assertAlmostEquals(scale * gradient[1], -1 / 9, 1e-6, `scale ${scale}`);
      const flat = await evaluateOne(gpu, official, given);
      assertEquals(Math.abs(flat.value + 2 / 3) > 0.1, scale <= 1e-13, `scale ${scale}, official`);
    }
  },
);

gpuTest("dlr() is NaN where a logit that it does not select is not finite", async (gpu) => {
  for (const odd of [NaN, Infinity, -Infinity]) {
    const { value } = await evaluateOne(gpu, plain, { logits: [1, 4, 2, odd, 0.5], classes: [1] });
    assertEquals(value, NaN, `${odd}`);
  }
});

Deno.test("dlr() refuses inputs of another form and fewer than 3 classes", () => {
  const compute = (logits: Variable, labels: Variable) => trace(() => dlr(logits, labels));
  const two = new Variable("logits", f32(4, 2)), ten = new Variable("logits", f32(4, 10));
  assertThrows(
    () => compute(two, new Variable("labels", u32(4))),
    RangeError,
    "Cannot compute dlr: it needs at least 3 classes, got 2",
  );
  for (const labels of [f32(4), u32(3), u32(4, 1)]) {
    assertThrows(
      () => compute(ten, new Variable("labels", labels)),
      RangeError,
      `Cannot compute dlr: expected f32 [B, C], u32 [B], got f32 [4, 10], ${labels.dtype} [`,
    );
  }
});
