import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { binomialDraws, uniform } from "./binomial_draws.ts";

Deno.test("uniform() gives the same numbers for the same seed, spread over [0, 1)", () => {
  const take = (seed: number, count: number) => {
    const next = uniform(seed);
    return Array.from({ length: count }, () => next());
  };
  assertEquals(take(7, 5), take(7, 5));
  assert(take(7, 1)[0] !== take(8, 1)[0]);
  const values = take(3, 20_000);
  assert(values.every((value) => value >= 0 && value < 1));
  const tenths = Array.from({ length: 10 }, (_, i) => values.filter((v) => Math.floor(v * 10) === i).length);
  // Chi-squared with 9 degrees of freedom: 27.9 is its 99.9 % point.
  assert(tenths.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0) < 27.9);
});

for (const [accuracy, trials] of [[0.5, 100], [0.03, 1000], [0.8, 10_000]]) {
  Deno.test(`binomialDraws() has the mean and deviation of a binomial at ${accuracy} of ${trials}`, () => {
    const draws = [...binomialDraws(accuracy, { trials, count: 4000, random: uniform(1) })];
    const mean = draws.reduce((sum, v) => sum + v, 0) / draws.length;
    const sd = Math.sqrt(draws.reduce((sum, v) => sum + (v - mean) ** 2, 0) / draws.length);
    const expected = Math.sqrt(accuracy * (1 - accuracy) / trials);
    assertAlmostEquals(mean, (accuracy * trials + 0.5) / (trials + 1), 4 * expected / Math.sqrt(4000));
    assertAlmostEquals(sd / expected, 1, 0.05);
    assert(draws.every((value) => Math.abs(value * trials - Math.round(value * trials)) < 1e-9));
  });
}

Deno.test("binomialDraws() leaves 0 and 1 uncertain by about an example", () => {
  for (const accuracy of [0, 1]) {
    const draws = binomialDraws(accuracy, { trials: 50, count: 2000, random: uniform(2) });
    const away = draws.map((value) => Math.abs(value - accuracy) * 50);
    assert(away.some((value) => value > 0.5));
    assert(Math.max(...away) < 6);
  }
});

Deno.test("binomialDraws() refuses an invalid accuracy and an empty test set", () => {
  const draw = (accuracy: number, trials: number) => () =>
    binomialDraws(accuracy, { trials, count: 1, random: uniform(0) });
  assertThrows(draw(1.2, 10), RangeError, "accuracy must be in [0, 1], got 1.2");
  assertThrows(draw(0.5, 0), RangeError, "trials must be a positive integer, got 0");
});
