import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createFanAverageConv2d, createFanAverageLinear } from "./fan_average.ts";

Deno.test("createFanAverageConv2d() starts uniform with variance 1 / mean fan, biases at 0", () => {
  const { weight, parameters: [, bias] } = createFanAverageConv2d("c", {
    inputs: 20,
    outputs: 40,
    kernel: 3,
    seed: 0,
  });
  const bound = Math.sqrt(3 / (9 * 30)), values = [...weight.initial];
  assertEquals(weight.shape, [40, 3, 3, 20]);
  assert(values.every((v) => Math.abs(v) <= bound));
  assertAlmostEquals(values.reduce((sum, v) => sum + v * v, 0) / values.length * 270, 1, 0.05);
  assert(bias.initial.every((v) => v === 0));
});

Deno.test("createFanAverageLinear() starts at 0 where asked to", () => {
  const sizes = { inputs: 3, outputs: 5, seed: 0 };
  assert(createFanAverageLinear("l", { ...sizes, zero: true }).weight.initial.every((v) => v === 0));
  assert(createFanAverageLinear("l", sizes).weight.initial.every((v) => v !== 0));
});
