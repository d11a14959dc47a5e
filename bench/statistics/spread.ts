import { bootstrapInterval } from "./bootstrap.ts";
import { studentQuantile } from "./distributions.ts";

/** Mean and spread of a few values, one per seed. */
export interface Spread {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); null for one value. */
  readonly sd: number | null;
  /** 95 % interval of the mean; null for one value. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Name of the statistic: "mean of 5 seeds, 95 % t interval". */
  readonly statistic: string;
}

/** From how many values on skewness is looked at: below, neither it nor a bootstrap can be trusted. */
const MIN_FOR_BOOTSTRAP = 15;

/**
 * Mean, sample standard deviation and 95 % interval. The interval is Student's t, mean -+ t(0.975, n - 1) sd / sqrt(n),
 * and the BCa bootstrap where 15 values or more are skewed: their adjusted Fisher-Pearson skewness is beyond twice the
 * standard error that it has for normal values. The interval speaks of seeds as drawn at random, and of nothing else (not
 * of other test images).
 *
 * @param options.of What the values are, one and many; default "seed", "seeds".
 * @returns null for an empty list.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(spread([1, 2, 3])?.mean, 2);
 * assertEquals(spread([1, 2, 3])?.statistic, "mean of 3 seeds, 95 % t interval");
 * ```
 */
export function spread(
  values: readonly number[],
  { of = ["seed", "seeds"] }: { of?: readonly [one: string, many: string] } = {},
): Spread | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, sd: null, interval: null, statistic: `value of 1 ${of[0]}, no interval` };
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const what = `mean of ${n} ${of[1]}, 95 %`;
  if (isSkewed(values)) {
    const interval = bootstrapInterval(values);
    return { n, mean, sd, interval, statistic: `${what} BCa bootstrap interval` };
  }
  const half = studentQuantile(0.975, n - 1) * sd / Math.sqrt(n);
  return { n, mean, sd, interval: [mean - half, mean + half], statistic: `${what} t interval` };
}

/**
 * Whether a t interval would be wrong: 15 values or more whose adjusted Fisher-Pearson skewness
 * G1 = sqrt(n (n - 1)) / (n - 2) m3 / m2^1.5 is beyond 2 sqrt(6 n (n - 1) / ((n - 2) (n + 1) (n + 3))).
 */
export function isSkewed(values: readonly number[]): boolean {
  const n = values.length;
  if (n < MIN_FOR_BOOTSTRAP) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / n;
  const variance = moment(2);
  if (variance === 0) return false;
  const skewness = Math.sqrt(n * (n - 1)) / (n - 2) * moment(3) / variance ** 1.5;
  return Math.abs(skewness) > 2 * Math.sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)));
}
