/** Distributions, from the package jStat; the one place that knows it. */
import jstat from "jstat";

interface Distribution {
  cdf(x: number, ...parameters: number[]): number;
  inv(p: number, ...parameters: number[]): number;
}

const { studentt, normal, binomial } = jstat as unknown as {
  readonly [name in "studentt" | "normal" | "binomial"]: Distribution;
};

/** z of a two-sided 95 % interval. */
export const Z_95 = 1.959963984540054;

/**
 * Quantile of Student's t distribution.
 *
 * @throws {RangeError} If p is not in (0, 1) or `degrees` (of freedom) is not positive.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(studentQuantile(0.975, 4), 2.776445, 1e-6);
 * ```
 */
export function studentQuantile(p: number, degrees: number): number {
  checkProbability("t quantile", p);
  checkDegrees("t quantile", degrees);
  return studentt.inv(p, degrees);
}

/**
 * Probability that a value of Student's t distribution is as far from 0 as t, or farther; two-sided.
 *
 * @throws {RangeError} If t is not a number or `degrees` is not positive.
 */
export function studentTail(t: number, degrees: number): number {
  checkDegrees("t probability", degrees);
  if (Number.isNaN(t)) throw new RangeError("Cannot find t probability: t must be a number, got NaN");
  return t === 0 ? 1 : Math.abs(t) === Infinity ? 0 : Math.min(1, 2 * studentt.cdf(-Math.abs(t), degrees));
}

/**
 * Quantile of the standard normal distribution.
 *
 * @throws {RangeError} If p is not in (0, 1).
 */
export function normalQuantile(p: number): number {
  checkProbability("normal quantile", p);
  return normal.inv(p, 0, 1);
}

/** Probability that a standard normal value lies below z. */
export function normalBelow(z: number): number {
  return normal.cdf(z, 0, 1);
}

/** Probability that a standard normal value is as far from 0 as z, or farther; two-sided. */
export function normalTail(z: number): number {
  return Math.min(1, 2 * normal.cdf(-Math.abs(z), 0, 1));
}

/**
 * Probability of a split as uneven as k of n, or more so, where both sides are equally likely; two-sided (the sign
 * test, and McNemar's exact test). 1 where n is 0.
 *
 * @throws {RangeError} If k is not among 0 to n.
 */
export function evenSplitTail(k: number, n: number): number {
  if (!(Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n)) {
    throw new RangeError(`Cannot test a split: expected 0 to n of n, got ${k} of ${n}`);
  }
  return n === 0 ? 1 : Math.min(1, 2 * binomial.cdf(Math.min(k, n - k), n, 0.5));
}

function checkProbability(what: string, p: number): void {
  if (!(p > 0 && p < 1)) throw new RangeError(`Cannot find ${what}: p must be in (0, 1), got ${p}`);
}

function checkDegrees(what: string, degrees: number): void {
  if (!(degrees > 0)) throw new RangeError(`Cannot find ${what}: degrees must be positive, got ${degrees}`);
}
