import { assertAlmostEquals, assertEquals } from "@std/assert";
import { pairedDifference } from "./paired.ts";

const bySeed = (values: readonly number[]) => new Map(values.map((value, seed) => [seed, value]));

Deno.test("pairedDifference() agrees with the paired t test of Student's own data", () => {
  // Student 1908, hours of sleep gained under two drugs: t = -4.0621, 9 degrees, p = 0.002833, interval -2.46 to -0.70.
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const found = pairedDifference(bySeed(second), bySeed(first))!;
  assertAlmostEquals(found.mean, -1.58, 1e-12);
  assertAlmostEquals(found.p, 0.002833, 1e-6);
  assertAlmostEquals(found.interval[0], -2.4598858, 1e-6);
  assertAlmostEquals(found.interval[1], -0.7001142, 1e-6);
  assertEquals(found.statistic, "mean difference of 10 seeds in pairs, 95 % t interval");
});

Deno.test("pairedDifference() pairs by seed, whatever the order, and leaves out what one side lacks", () => {
  const base = new Map([[3, 0.5], [1, 0.7], [9, 0.1]]), head = new Map([[1, 0.6], [3, 0.5], [4, 0.9]]);
  const found = pairedDifference(base, head)!;
  assertEquals(found.seeds, [1, 3]);
  assertAlmostEquals(found.mean, -0.05, 1e-12);
});

Deno.test("pairedDifference() returns null for one common seed, and no difference for equal values", () => {
  assertEquals(pairedDifference(new Map([[0, 1]]), new Map([[0, 2]])), null);
  assertEquals(pairedDifference(bySeed([1, 2]), bySeed([1, 2]))!.p, 1);
  const constant = pairedDifference(bySeed([1, 2, 4]), bySeed([0, 1, 3]))!;
  assertEquals([constant.mean, constant.interval[1], constant.p], [-1, -1, 0]);
});
