import { assertEquals } from "@std/assert";
import { normalisationProblem } from "./normalisation.ts";

Deno.test("normalisationProblem() names what float32 cannot normalise pixels by", () => {
  for (const value of [0.4914, 0, -0.5, 10]) assertEquals(normalisationProblem("mean", value), null);
  for (const value of [0.247, 1, 1e-3, 1000]) assertEquals(normalisationProblem("std", value), null);
  assertEquals(normalisationProblem("std", 1e-50), "must be in [0.001, 1000], got 1e-50");
  assertEquals(normalisationProblem("std", 0), "must be in [0.001, 1000], got 0");
  assertEquals(normalisationProblem("mean", 1e39), "must be in [-10, 10], got 1e+39");
  assertEquals(normalisationProblem("mean", NaN), "must be in [-10, 10], got NaN");
  assertEquals(
    normalisationProblem("mean", 123.68),
    "must be in [-10, 10], got 123.68; pixels are in [0, 1]: divide by 255",
  );
});
