/** A deterministic source of numbers in [0, 1): the same seed gives the same numbers, so that pages are reproducible. */
export type Uniform = () => number;

/** Mulberry32, a 32-bit generator with one word of state: plenty for the few thousand draws behind an interval. */
export function uniform(seed: number): Uniform {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What {@linkcode binomialDraws} draws: how many, of how many trials each, from where. */
export interface BinomialDrawsOptions {
  readonly trials: number;
  readonly count: number;
  readonly random: Uniform;
}

/**
 * Accuracies that other test sets of the same size could give: `count` draws of Binomial(trials, p) / trials by
 * inversion of its distribution. p is the measured accuracy moved half an example towards the inside,
 * (accuracy trials + 1/2) / (trials + 1), so that 0 and 1 are uncertain too.
 *
 * @throws {RangeError} If the accuracy is outside [0, 1] or `trials` is not a positive integer.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * const draws = binomialDraws(0.5, { trials: 100, count: 10, random: uniform(0) });
 * assert(draws.every((value) => value > 0.2 && value < 0.8));
 * ```
 */
export function binomialDraws(
  accuracy: number,
  { trials, count, random }: BinomialDrawsOptions,
): Float64Array {
  if (!(accuracy >= 0 && accuracy <= 1)) {
    throw new RangeError(`Cannot draw accuracies: accuracy must be in [0, 1], got ${accuracy}`);
  }
  if (!Number.isInteger(trials) || trials < 1) {
    throw new RangeError(`Cannot draw accuracies: trials must be a positive integer, got ${trials}`);
  }
  const cumulative = distribution((accuracy * trials + 0.5) / (trials + 1), trials);
  return Float64Array.from({ length: count }, () => firstAbove(cumulative, random()) / trials);
}

/** P(X <= k) for k = 0..trials, summed from logarithms so that large trials do not underflow at 0. */
function distribution(p: number, trials: number): Float64Array {
  const cumulative = new Float64Array(trials + 1);
  let logMass = trials * Math.log1p(-p);
  let sum = 0;
  for (let k = 0; k <= trials; k++) {
    sum += Math.exp(logMass);
    cumulative[k] = sum;
    logMass += Math.log((trials - k) / (k + 1)) + Math.log(p / (1 - p));
  }
  return cumulative;
}

/** The least index whose entry is above `level`; the last one where rounding leaves none. */
function firstAbove(sorted: Float64Array, level: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > level) high = middle;
    else low = middle + 1;
  }
  return low;
}
