import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { normalParameter } from "./init.ts";

Deno.test("normalParameter() has the mean, the deviation and the shape asked for", () => {
  const { shape, initial } = normalParameter("w", { shape: [40, 100], std: 0.02, seed: 1 });
  assertEquals(shape, [40, 100]);
  const values = Array.from(initial);
  const mean = values.reduce((a, v) => a + v, 0) / 4000;
  const variance = values.reduce((a, v) => a + (v - mean) ** 2, 0) / 4000;
  // Four standard errors of the mean, and of the deviation.
  assertAlmostEquals(mean, 0, 4 * 0.02 / Math.sqrt(4000));
  assertAlmostEquals(Math.sqrt(variance), 0.02, 4 * 0.02 / Math.sqrt(8000));
});

Deno.test("normalParameter() draws from the seed and the name alone", () => {
  const draw = (name: string, seed: number) => normalParameter(name, { shape: [5], std: 1, seed }).initial;
  assertEquals(draw("w", 1), draw("w", 1));
  assertNotEquals(draw("w", 1), draw("w", 2));
  assertNotEquals(draw("w", 1), draw("v", 1));
});
