import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { stream } from "../../common/random.ts";
import { bootstrapInterval } from "./bootstrap.ts";

Deno.test("bootstrapInterval() agrees with counting every resample of three values", () => {
  // All 27 resamples of 0, 0, 3: means 0 (8), 1 (12), 2 (6), 3 (1). z0 = Phi^-1((8 + 6) / 27), a = 0.0680.
  const [low, high] = bootstrapInterval([0, 0, 3]);
  assertEquals([low, high], [0, 3]);
});

Deno.test("bootstrapInterval() agrees with the normal interval where there are many values without skew", () => {
  const values = Array.from(stream(1, "test").fillNormal(0, new Float32Array(400)));
  const mean = values.reduce((a, b) => a + b) / 400;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 400);
  const [low, high] = bootstrapInterval(values);
  assertAlmostEquals(low, mean - 1.96 * sd / 20, 0.15 * sd / 20);
  assertAlmostEquals(high, mean + 1.96 * sd / 20, 0.15 * sd / 20);
});

Deno.test("bootstrapInterval() covers the mean of a skewed distribution in about 95 % of samples", () => {
  let covered = 0;
  const trials = 150, random = stream(2, "test");
  for (let i = 0; i < trials; i++) {
    const values = Array.from(random.fillUniform(i, new Float32Array(20)), (u) => -Math.log(1 - u));
    const [low, high] = bootstrapInterval(values);
    if (low <= 1 && 1 <= high) covered++;
  }
  assert(covered / trials > 0.86 && covered / trials < 0.99, `${covered} of ${trials}`);
});

Deno.test("bootstrapInterval() reaches farther on the side of the tail, and repeats itself", () => {
  const values = [1, 1, 2, 2, 2, 3, 3, 4, 9, 20], mean = 4.7;
  const [low, high] = bootstrapInterval(values);
  assert(high - mean > 1.3 * (mean - low));
  assertEquals(bootstrapInterval(values), [low, high]);
  const mirrored = bootstrapInterval(values.map((v) => -v));
  assertAlmostEquals(mirrored[0], -high, 0.05);
  assertAlmostEquals(mirrored[1], -low, 0.05);
});

Deno.test("bootstrapInterval() has no width for equal values and refuses a single one", () => {
  assertEquals(bootstrapInterval([2, 2, 2]), [2, 2]);
  assertThrows(() => bootstrapInterval([1]), RangeError, "expected two values or more, got 1");
});
