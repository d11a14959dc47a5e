import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { stream } from "../../common/random.ts";
import { independentShares, pairedShares } from "./shares.ts";

/** Outcomes with given counts of images: right on both sides, in head only, in base only, on neither. */
function outcomes(both: number, head: number, base: number, neither: number): [number[], number[]] {
  const ones = (n: number, value: number) => Array<number>(n).fill(value);
  return [
    [...ones(both, 1), ...ones(head, 0), ...ones(base, 1), ...ones(neither, 0)],
    [...ones(both, 1), ...ones(head, 1), ...ones(base, 0), ...ones(neither, 0)],
  ];
}

Deno.test("pairedShares() counts the images that only one side has right", () => {
  const { difference, interval, p } = pairedShares(...outcomes(50, 2, 8, 40));
  assertAlmostEquals(difference, -0.06, 1e-12);
  // 2 (1 + 10 + 45) / 1024; q = 3/102, r = 9/102.
  assertAlmostEquals(p, 112 / 1024, 1e-12);
  const half = 1.959964 * Math.sqrt((12 / 102 - (6 / 102) ** 2) / 102);
  assertAlmostEquals(interval[0], -6 / 102 - half, 1e-6);
  assertAlmostEquals(interval[1], -6 / 102 + half, 1e-6);
});

Deno.test("pairedShares() covers the true difference in about 95 % of draws", () => {
  const random = stream(3, "test"), trials = 400, n = 300;
  let covered = 0;
  for (let i = 0; i < trials; i++) {
    const draws = Array.from(random.fillUniform(i, new Float32Array(n)));
    // 70 % right on both, 6 % in head alone, 10 % in base alone.
    const base = draws.map((u) => u < 0.7 || (u >= 0.76 && u < 0.86) ? 1 : 0);
    const head = draws.map((u) => u < 0.76 ? 1 : 0);
    const [low, high] = pairedShares(base, head).interval;
    if (low <= -0.04 && -0.04 <= high) covered++;
  }
  assertAlmostEquals(covered / trials, 0.95, 0.03);
});

Deno.test("pairedShares() finds no difference between equal outcomes, and refuses unlike sets", () => {
  assertEquals(pairedShares([1, 0, 1], [1, 0, 1]).p, 1);
  assertThrows(() => pairedShares([1], [1, 0]), RangeError, "expected as many images, got 1 and 2");
});

Deno.test("independentShares() agrees with Newcombe's published interval", () => {
  // Newcombe 1998, table II, method 10: 56/70 - 48/80 = 0.2, interval 0.0524 to 0.3339.
  const { difference, interval, p } = independentShares({ hits: 48, count: 80 }, { hits: 56, count: 70 });
  assertAlmostEquals(difference, 0.2, 1e-12);
  assertAlmostEquals(interval[0], 0.0524, 5e-5);
  assertAlmostEquals(interval[1], 0.3339, 5e-5);
  // z = 0.2 / sqrt(0.69333 x 0.30667 x (1/70 + 1/80)) = 2.6502.
  assertAlmostEquals(p, 0.008045, 2e-5);
});

Deno.test("independentShares() of nothing right on both sides is no difference", () => {
  assertEquals(independentShares({ hits: 0, count: 9 }, { hits: 0, count: 9 }).p, 1);
});
