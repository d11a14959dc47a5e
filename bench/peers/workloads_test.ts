import { assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT_ROOT } from "../record/env.ts";
import { createPeerModel } from "./workload.ts";
import {
  CHECKED_STEPS,
  LEARNING_RATE,
  PARAMETERS,
  permute,
  spreadValues,
  stepChecks,
  STRIDES,
  totalChange,
} from "./workloads.ts";

Deno.test("permute() moves axes as a transposition does", () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const { shape, data: moved } = permute({ shape: [2, 3, 4], data }, [2, 0, 1]);
  assertEquals(shape, [4, 2, 3]);
  for (let c = 0; c < 4; c++) {
    for (let a = 0; a < 2; a++) {
      for (let b = 0; b < 3; b++) assertEquals(moved[(c * 2 + a) * 3 + b], (a * 3 + b) * 4 + c);
    }
  }
});

Deno.test("spreadValues() takes 16 values from all of a result", () => {
  const values = Array.from({ length: 32 }, (_, i) => i);
  assertEquals(spreadValues(values), values.filter((i) => i % 2 === 1));
  assertEquals(spreadValues(Array.from({ length: 2 ** 20 }, (_, i) => i)).at(-1), 2 ** 20 - 2 ** 15);
});

Deno.test("totalChange() sums absolute differences", () => {
  assertEquals(totalChange([1, 2, 3], [2, 0, 3]), 3);
});

Deno.test("stepChecks() names every parameter of the network", () => {
  assertEquals(createPeerModel().parameters.map(({ name }) => name), [...PARAMETERS]);
  const checks = stepChecks([3, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(Object.keys(checks).length, 9);
  assertEquals([checks.losses, checks["change of linear.bias"]], [[3, 2], [8]]);
});

Deno.test("workloads are the same in the program that is not TypeScript", async () => {
  const text = await Deno.readTextFile(new URL("bench/peers/packages/torch_peer.py", PROJECT_ROOT));
  for (
    const line of [
      `STRIDES = (${STRIDES.join(", ")})`,
      `LEARNING_RATE = ${LEARNING_RATE}`,
      `CHECKED_STEPS = ${CHECKED_STEPS}`,
    ]
  ) {
    assertStringIncludes(text, `${line}\n`);
  }
});
