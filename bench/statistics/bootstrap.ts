import { stream } from "../../common/random.ts";
import { normalBelow, normalQuantile, Z_95 } from "./distributions.ts";

const RESAMPLES = 10_000;

/**
 * The 95 % bootstrap interval of a mean, bias-corrected and accelerated: the percentiles
 * Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z = -+1.96, of the means of 10,000 resamples, where z0 comes from the share of
 * resampled means below the mean (ties half) and a from the jackknife. Source: Efron 1987,
 * https://doi.org/10.1080/01621459.1987.10478410. The random numbers are counted: the same values in the same order give the same
 * interval.
 *
 * @throws {RangeError} If there are fewer than two values.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * const [low, high] = bootstrapInterval([1, 1, 2, 2, 2, 3, 3, 4, 9, 20]);
 * assert(4.7 - low < high - 4.7); // farther where the long tail is
 * ```
 */
export function bootstrapInterval(values: readonly number[]): readonly [low: number, high: number] {
  const n = values.length;
  if (n < 2) throw new RangeError(`Cannot make a bootstrap interval: expected two values or more, got ${n}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (values.every((value) => value === values[0])) return [mean, mean];
  const means = resampledMeans(values);
  const below = means.reduce((count, m) => count + (m < mean ? 1 : m === mean ? 0.5 : 0), 0);
  const z0 = normalQuantile(Math.min(Math.max(below, 0.5), RESAMPLES - 0.5) / RESAMPLES);
  const a = acceleration(values, mean);
  const at = (z: number) => quantile(means, normalBelow(z0 + (z0 + z) / (1 - a * (z0 + z))));
  return [at(-Z_95), at(Z_95)];
}

/** In ascending order. */
function resampledMeans(values: readonly number[]): Float64Array {
  const random = stream(0, "statistics/bootstrap"), n = values.length, uniform = new Float32Array(n);
  const means = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) {
    random.fillUniform(i, uniform);
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[Math.floor(uniform[k] * n)];
    means[i] = sum / n;
  }
  return means.sort();
}

/** Of a mean: the leave-one-out means differ from the mean by (mean - value) / (n - 1). */
function acceleration(values: readonly number[], mean: number): number {
  const sum = (power: number) => values.reduce((total, value) => total + (value - mean) ** power, 0);
  return sum(3) / (6 * sum(2) ** 1.5);
}

function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1), i = Math.floor(place);
  return sorted[i] + (place - i) * (sorted[Math.min(i + 1, sorted.length - 1)] - sorted[i]);
}
