import { assertAlmostEquals, assertEquals } from "@std/assert";
import { checkOp } from "../testing/check_op.ts";
import { adamOp, adamScalars } from "./optim_adam.ts";

checkOp(adamOp, { forward: { atol: 1e-6, rtol: 2e-6 } });

Deno.test("adamScalars() undoes the bias of the first step", () => {
  const [stepSize, invRootCorrection, lr] = adamScalars(0, { learningRate: 0.5, beta1: 0.9, beta2: 0.999 });
  assertAlmostEquals(stepSize, 5, 1e-12);
  assertAlmostEquals(invRootCorrection ** 2, 1000, 1e-9);
  assertEquals(lr, 0.5);
});

Deno.test("adamScalars() leaves nothing to correct after very many steps", () => {
  const scalars = adamScalars(10_000_000, { learningRate: 0.5, beta1: 0.9, beta2: 0.999 });
  assertEquals(scalars, [0.5, 1, 0.5]);
});
