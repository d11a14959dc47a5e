import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { mannWhitney } from "./mann_whitney.ts";

Deno.test("mannWhitney() is exact for few samples", () => {
  assertEquals(mannWhitney([1, 2, 3], [4, 5, 6]).u, 9);
  assertAlmostEquals(mannWhitney([1, 2, 3], [4, 5, 6]).p, 2 / 20);
  assertAlmostEquals(mannWhitney([4, 5, 6], [1, 2, 3]).p, 2 / 20);
  // One pair out of order: 2 ways at the end and 2 next to it, of 252.
  assertAlmostEquals(mannWhitney([1, 2, 3, 4, 6], [5, 7, 8, 9, 10]).p, 4 / 252);
});

Deno.test("mannWhitney() agrees with counting every way to divide the samples, ties included", () => {
  for (const [a, b] of [[[1, 2, 2, 7], [2, 3, 9]], [[5, 5], [5, 5, 1]], [[3], [4, 4, 4, 8]]]) {
    assertAlmostEquals(mannWhitney(a, b).p, counted(a, b));
  }
});

/** Every subset in the place of `b`, U by comparing each pair. */
function counted(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b], mean = a.length * b.length / 2;
  const distance = (chosen: (i: number) => boolean) => {
    const [rest, picked] = [false, true].map((want) => all.filter((_, i) => chosen(i) === want));
    const above = picked.flatMap((y) => rest.map((x): number => y > x ? 1 : y === x ? 0.5 : 0)).reduce(
      (s, v) => s + v,
      0,
    );
    return Math.abs(above - mean);
  };
  const given = distance((i) => i >= a.length);
  let far = 0, ways = 0;
  for (let bits = 0; bits < 2 ** all.length; bits++) {
    if (all.filter((_, i) => bits >> i & 1).length !== b.length) continue;
    ways++;
    if (distance((i) => (bits >> i & 1) === 1) >= given - 1e-9) far++;
  }
  return far / ways;
}

Deno.test("mannWhitney() calls equal samples no difference", () => {
  assertEquals(mannWhitney([2, 2, 2], [2, 2, 2]).p, 1);
  assertEquals(mannWhitney(Array(30).fill(1), Array(30).fill(1)).p, 1);
});

Deno.test("mannWhitney() approximates where there are many samples", () => {
  const list = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i);
  const apart = mannWhitney(list(20, 0), list(20, 100));
  assertEquals(apart.u, 400);
  // z = 199.5 / 36.968 = 5.3965; two-sided 6.8e-8.
  assertAlmostEquals(apart.p, 6.8e-8, 2e-8);
});

Deno.test("mannWhitney() refuses an empty sample", () => {
  assertThrows(() => mannWhitney([], [1]), RangeError, "Cannot test ranks: expected samples, got 0 and 1");
});
