import { studentTail } from "../statistics/distributions.ts";

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

/**
 * Whether a difference is beyond what the noise between records does in any of the quantities of a comparison: t of the
 * difference of the mean logarithms, with the standard deviation between records of one side pooled over all quantities,
 * times the number of quantities (Bonferroni), is below 0.05.
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
