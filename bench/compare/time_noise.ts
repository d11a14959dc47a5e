import { studentQuantile, studentTail } from "../statistics/distributions.ts";

/** A time on both sides. */
export interface TimeRatio {
  /** What is ranked: samples, or medians of records. */
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** How many times worse head's median is. */
  readonly ratio: number;
  /** Whether each value is of a record of its own, so that drift between records shows in them. */
  readonly byRecord: boolean;
}

/** Probability with which the times of a comparison together may give a false alarm, where nothing changed. */
const FAMILY = 0.05;

/** Quantities from which on those that went the other way say how large the noise is. */
const FEWEST_OTHERS = 8;

/**
 * Whether a ratio is beyond what noise does in any of the ratios of a comparison, by one of two estimates of the noise:
 *
 * - Of records: t of the difference of the mean logarithms, with the standard deviation between records of one side pooled
 *   over all quantities, times the number of quantities, is below 0.05.
 * - Of samples, where the drift between two records cannot be seen in either: noise sends as many quantities one way as
 *   the other, so the root mean square s of the logarithms of the ratios that went the opposite way is its size; the
 *   ratio's logarithm has to be beyond s times the t quantile of 1 - 0.025 / quantities, with half as many degrees of
 *   freedom. With fewer than eight quantities nothing can be said, and everything passes. A change that makes some
 *   quantities much faster hides slower ones from this rule; five records do not.
 */
export function timeNoise(all: readonly TimeRatio[]): (one: TimeRatio) => boolean {
  const records = all.filter(({ byRecord }) => byRecord), samples = all.filter(({ byRecord }) => !byRecord);
  const sides = records.flatMap(({ base, head }) => [base, head]).map(logarithms);
  const degrees = sides.reduce((sum, { values }) => sum + values.length - 1, 0);
  const squares = sides.reduce((sum, { squares }) => sum + squares, 0);
  const logs = samples.map(({ ratio }) => Math.log(ratio));
  const enough = samples.length >= FEWEST_OTHERS;
  const limit = enough ? studentQuantile(1 - FAMILY / 2 / samples.length, Math.floor(samples.length / 2)) : 0;
  return ({ base, head, ratio, byRecord }) => {
    if (byRecord) {
      const [a, b] = [base, head].map(logarithms);
      const error = Math.sqrt(squares / degrees * (1 / base.length + 1 / head.length));
      const t = (b.mean - a.mean) / error;
      return error === 0 ? a.mean !== b.mean : studentTail(t, degrees) * records.length < FAMILY;
    }
    if (!enough) return true;
    const opposite = logs.filter((log) => log * Math.log(ratio) < 0);
    const size = Math.sqrt(opposite.reduce((sum, log) => sum + log * log, 0) / Math.max(1, opposite.length));
    return Math.abs(Math.log(ratio)) > limit * size;
  };
}

function logarithms(list: readonly number[]): { values: number[]; mean: number; squares: number } {
  const values = list.map(Math.log);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { values, mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}
