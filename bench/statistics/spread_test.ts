import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bootstrapInterval } from "./bootstrap.ts";
import { isSkewed, spread } from "./spread.ts";

Deno.test("spread() gives mean, sample deviation and interval", () => {
  const { n, mean, sd, interval, statistic } = spread([2, 4, 4, 4, 5, 5, 7, 9])!;
  assertEquals([n, mean], [8, 5]);
  assertAlmostEquals(sd!, Math.sqrt(32 / 7), 1e-12);
  assertAlmostEquals(interval![1] - 5, 2.3646 * Math.sqrt(32 / 7 / 8), 1e-4);
  assertAlmostEquals(interval![0] + interval![1], 10, 1e-12);
  assertEquals(statistic, "mean of 8 seeds, 95 % t interval");
});

Deno.test("spread() gives no deviation for one value and nothing for none", () => {
  const statistic = "value of 1 seed, no interval";
  assertEquals(spread([0.3]), { n: 1, mean: 0.3, sd: null, interval: null, statistic });
  assertEquals(spread([]), null);
});

Deno.test("spread() takes the bootstrap where 15 values or more are skewed, and says so", () => {
  const skewed = [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 30];
  const { interval, statistic } = spread(skewed, { of: ["record", "records"] })!;
  assertEquals(interval, bootstrapInterval(skewed));
  assertEquals(statistic, "mean of 15 records, 95 % BCa bootstrap interval");
  assertEquals(spread(skewed.slice(1))!.statistic, "mean of 14 seeds, 95 % t interval");
});

Deno.test("isSkewed() has the skewness of a known sample on its side", () => {
  const list = (last: number) => [...Array.from({ length: 14 }, (_, i) => i + 1), last];
  // By numpy: G1 is 0 for 15, 0.894 for 22, 1.178 for 24; twice its standard error is 1.160.
  assertEquals([15, 22, 24].map((last) => isSkewed(list(last))), [false, false, true]);
  assertEquals(isSkewed(list(24).map((value) => -value)), true);
  assertEquals(isSkewed(list(300).slice(1)), false);
  assertEquals(isSkewed(Array(20).fill(3)), false);
});
