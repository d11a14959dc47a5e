/** The error function in float64, for references. */

/**
 * erf(x) = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x, within 1e-15.
 * Series: 2 / sqrt(pi) exp(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...), whose terms have one sign, so that nothing cancels;
 * from 6 on erf is 1 in float64. Source: https://dlmf.nist.gov/7.6.E2.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { erf } from "./erf.ts";
 *
 * assertAlmostEquals(erf(0.5), 0.5204998778130465, 1e-15);
 * ```
 */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}
