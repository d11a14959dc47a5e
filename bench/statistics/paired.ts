import { studentTail } from "./distributions.ts";
import { spread } from "./spread.ts";

/** Head minus base, seed by seed. */
export interface PairedDifference {
  /** The seeds that both have, in ascending order. */
  readonly seeds: readonly number[];
  readonly mean: number;
  readonly sd: number;
  /** 95 % interval of the mean difference. */
  readonly interval: readonly [low: number, high: number];
  /** Of the t test of no difference, two-sided; 0 where all differences are the same and not 0. */
  readonly p: number;
  /** "mean difference of 5 seeds in pairs, 95 % t interval". */
  readonly statistic: string;
}

/**
 * The differences head - base of equal seeds, their mean, and its interval by the rules of {@linkcode spread}. What both
 * sides share by their seed (initial weights, order of the images) cancels.
 *
 * @param base Values by seed; `head` likewise. Seeds that one lacks are left out.
 * @returns null where fewer than two seeds are in both.
 */
export function pairedDifference(
  base: ReadonlyMap<number, number>,
  head: ReadonlyMap<number, number>,
): PairedDifference | null {
  const seeds = [...base.keys()].filter((seed) => head.has(seed)).sort((a, b) => a - b);
  const found = spread(seeds.map((seed) => head.get(seed)! - base.get(seed)!));
  if (found === null || found.sd === null) return null;
  const { n, mean, sd, interval, statistic } = found;
  const p = mean === 0 ? 1 : studentTail(mean / (sd / Math.sqrt(n)), n - 1);
  const name = statistic.replace(/^mean of (\d+) seeds/, "mean difference of $1 seeds in pairs");
  return { seeds, mean, sd, interval: interval!, p, statistic: name };
}
