import { assertEquals } from "@std/assert";
import { assertClose } from "../../engine/testing/compare.ts";
import { eta } from "./eta.ts";

const EXACT = { atol: 1e-12, rtol: 0 };

/** Painted ring by ring, as the official code does. */
function paintBump(rows: number, columns: number): number[][] {
  const canvas = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  let top = Math.floor(rows / 2), left = Math.floor(columns / 2);
  const rings = Math.max(top, left) + 1;
  for (let r = 0; r < rings; r++, top--, left--) {
    for (let i = Math.max(top, 0); i < Math.min(top + 2 * r + 1, rows); i++) {
      for (let j = Math.max(left, 0); j < Math.min(left + 2 * r + 1, columns); j++) {
        canvas[i][j] += 1 / ((r + 1) * (r + 1));
      }
    }
  }
  const norm = Math.hypot(...canvas.flat());
  return canvas.map((row) => row.map((v) => v / norm));
}

Deno.test("eta() agrees with bumps painted ring by ring", () => {
  for (const side of [2, 3, 5, 6, 7, 11, 29]) {
    const upper = Math.floor(side / 2);
    const expected = [
      ...paintBump(upper, side).flat(),
      ...paintBump(side - upper, side).flat().map((v) => -v),
    ];
    // Two halves of norm 1 each.
    assertClose(`side ${side}`, eta(side), { expected: expected.map((v) => v / Math.SQRT2), ...EXACT });
  }
});

Deno.test("eta() of one pixel is minus one", () => {
  assertEquals([...eta(1)], [-1]);
});

Deno.test("eta() of three pixels is as computed by hand", () => {
  // Upper row: a bump of 1 x 3 around (0, 1): rings 1 at the middle, 1/4 on all: 5/4 and 1/4.
  const upper = [0.25, 1.25, 0.25], upperNorm = Math.sqrt(27 / 16);
  // Below: 2 x 3 around (1, 1): the middle of its second row has 5/4, all others 1/4.
  const lower = [0.25, 0.25, 0.25, 0.25, 1.25, 0.25], lowerNorm = Math.sqrt(30 / 16);
  const expected = [...upper.map((v) => v / upperNorm), ...lower.map((v) => -v / lowerNorm)];
  assertClose("side 3", eta(3), { expected: expected.map((v) => v / Math.SQRT2), ...EXACT });
});
