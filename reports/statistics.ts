/** Mean and spread of a few values, one per seed. */
export interface Spread {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); null for one value. */
  readonly sd: number | null;
  /** 95 % Student t interval of the mean; null for one value. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Mean, sample standard deviation and 95 % Student t interval, mean -+ t(0.975, n - 1) sd / sqrt(n).
 * The interval speaks of seeds as drawn at random, and of nothing else (not of other test images).
 *
 * @returns null for an empty list.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(spread([1, 2, 3])?.mean, 2);
 * ```
 */
export function spread(values: readonly number[]): Spread | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, sd: null, interval: null };
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const half = tQuantile(0.975, n - 1) * sd / Math.sqrt(n);
  return { n, mean, sd, interval: [mean - half, mean + half] };
}

/**
 * Quantile of Student's t distribution for an integer number of degrees of freedom, p in (0.5, 1).
 * Bisection on the closed form of the two-sided probability, Abramowitz and Stegun 26.7.3 and 26.7.4.
 *
 * @throws {RangeError} If p is not in (0.5, 1) or `degrees` is not a positive integer.
 */
export function tQuantile(p: number, degrees: number): number {
  if (!(p > 0.5 && p < 1)) throw new RangeError(`Cannot find t quantile: p must be in (0.5, 1), got ${p}`);
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(`Cannot find t quantile: degrees must be a positive integer, got ${degrees}`);
  }
  let [low, high] = [0, 1];
  while (within(high, degrees) < 2 * p - 1) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (within(middle, degrees) < 2 * p - 1) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| < t). */
function within(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let sum = 0;
  for (let power = odd ? 1 : 0, term = odd ? cos : 1; power <= degrees - 2; power += 2) {
    sum += term;
    term *= cos * cos * (power + 1) / (power + 2);
  }
  return odd ? 2 / Math.PI * (angle + sin * sum) : sin * sum;
}
