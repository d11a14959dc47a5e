import { assertAlmostEquals, assertEquals } from "@std/assert";
import { erf } from "./erf.ts";

Deno.test("erf() has its tabulated values", () => {
  // https://dlmf.nist.gov/7.23, and 1 - erf(x) of the large ones by its continued fraction.
  for (
    const [x, value] of [
      [1e-8, 1.1283791670955126e-8],
      [0.1, 0.1124629160182849],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [5, 0.9999999999984626],
    ]
  ) {
    assertAlmostEquals(erf(x), value, 1e-15);
    assertEquals(erf(-x), -erf(x));
  }
});

Deno.test("erf() is 0 at 0 and 1 far out", () => {
  assertEquals([erf(0), erf(6), erf(-1e300), erf(Infinity)], [0, 1, -1, 1]);
});
