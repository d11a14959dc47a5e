import { studentTail } from "../statistics/distributions.ts";

/** A time on both sides. */
export interface TimeRatio {
  /** The ranked values: samples, or medians of records. */
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** Head's median by base's; above 1 is worse. */
  readonly ratio: number;
  /** Each value is of another record, so the values show drift between records. */
  readonly byRecord: boolean;
}

/** Probability of a false alarm in any time of a comparison where nothing changed. */
const FAMILY = 0.05;

/**
 * Whether a difference exceeds the noise between records, in any of the quantities of a comparison: the p value of the
 * difference of mean logarithms, with the standard deviation between records of one side pooled over all quantities, times
 * the number of quantities (Bonferroni), is below 0.05.
 *
 * @param all Times by record, with two or more on a side.
 */
export function beyondRecordNoise(all: readonly TimeRatio[]): (one: TimeRatio) => boolean {
  const sides = all.flatMap(({ base, head }) => [base, head]).map(logarithms);
  const degrees = sides.reduce((sum, { values }) => sum + values.length - 1, 0);
  const squares = sides.reduce((sum, { squares }) => sum + squares, 0);
  return ({ base, head }) => {
    const [a, b] = [base, head].map(logarithms);
    const error = Math.sqrt(squares / degrees * (1 / base.length + 1 / head.length));
    const t = (b.mean - a.mean) / error;
    return error === 0 ? a.mean !== b.mean : studentTail(t, degrees) * all.length < FAMILY;
  };
}

function logarithms(list: readonly number[]): { values: number[]; mean: number; squares: number } {
  const values = list.map(Math.log);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { values, mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}
