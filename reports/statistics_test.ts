import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { spread, tQuantile } from "./statistics.ts";

// Percentage points of Student's t, two-sided 95 %, as printed in any table of it.
for (
  const [degrees, value] of [[1, 12.706], [2, 4.303], [3, 3.182], [4, 2.776], [9, 2.262], [30, 2.042], [
    120,
    1.98,
  ]]
) {
  Deno.test(`tQuantile() agrees with the table at ${degrees} degrees of freedom`, () => {
    assertAlmostEquals(tQuantile(0.975, degrees), value, 6e-4);
  });
}

Deno.test("tQuantile() has the closed form tan(pi (p - 1/2)) at one degree of freedom", () => {
  for (const p of [0.6, 0.9, 0.99]) assertAlmostEquals(tQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), 1e-9);
});

Deno.test("tQuantile() refuses what it cannot answer", () => {
  assertThrows(() => tQuantile(0.5, 3), RangeError, "p must be in (0.5, 1), got 0.5");
  assertThrows(() => tQuantile(0.9, 0), RangeError, "degrees must be a positive integer, got 0");
});

Deno.test("spread() gives mean, sample deviation and interval", () => {
  const { n, mean, sd, interval } = spread([2, 4, 4, 4, 5, 5, 7, 9])!;
  assertEquals([n, mean], [8, 5]);
  assertAlmostEquals(sd!, Math.sqrt(32 / 7), 1e-12);
  assertAlmostEquals(interval![1] - 5, 2.3646 * Math.sqrt(32 / 7 / 8), 1e-4);
  assertAlmostEquals(interval![0] + interval![1], 10, 1e-12);
});

Deno.test("spread() gives no deviation for one value and nothing for none", () => {
  assertEquals(spread([0.3]), { n: 1, mean: 0.3, sd: null, interval: null });
  assertEquals(spread([]), null);
});
