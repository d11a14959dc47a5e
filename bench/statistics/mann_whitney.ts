/** A rank test for few samples. */

import { normalTail } from "./distributions.ts";

/** What the test found. */
export interface RankTest {
  /** Pairs in which `b` is above `a`; ties count one half. */
  readonly u: number;
  /** Probability, if both came from one distribution, of a U at least as far from its mean; two-sided. */
  readonly p: number;
}

/** Maximum number of divisions of the pooled samples that are enumerated; above, U is approximated as normal. */
const MAX_DIVISIONS = 1_000_000;

/**
 * Mann and Whitney's U test of two samples, two-sided. Up to a million divisions of the pooled samples the
 * probability is exact, ties included (the permutation distribution of the mid-ranks); above, the normal
 * approximation with correction for ties and continuity. Source: Mann & Whitney 1947,
 * https://doi.org/10.1214/aoms/1177730491.
 *
 * @throws {RangeError} If a sample is empty.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).p, 2 / 252);
 * ```
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  if (a.length === 0 || b.length === 0) {
    throw new RangeError(`Cannot test ranks: expected samples, got ${a.length} and ${b.length}`);
  }
  const ranks = midRanks([...a, ...b]);
  const sum = ranks.slice(a.length).reduce((total, rank) => total + rank, 0);
  const u = sum - b.length * (b.length + 1) / 2;
  const distance = Math.abs(u - a.length * b.length / 2);
  const number = binomial(a.length + b.length, b.length);
  const p = number <= MAX_DIVISIONS
    ? exactTail(ranks, { chosen: b.length, distance })
    : approximateTail(ranks, { m: a.length, n: b.length, distance });
  return { u, p: Math.min(1, p) };
}

/** Ranks from 1, the mean rank where values are equal. */
function midRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((x, y) => x - y);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

/**
 * Share of the choices of ranks whose U is as far from its mean or farther. Counted by the sum of twice
 * the ranks, which is whole: counts[k][s] = number of choices of k ranks with that sum.
 */
function exactTail(
  ranks: readonly number[],
  { chosen, distance }: { chosen: number; distance: number },
): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const counts = Array.from({ length: chosen + 1 }, () => new Map<number, number>());
  counts[0].set(0, 1);
  for (const rank of doubled) {
    for (let k = chosen; k >= 1; k--) {
      for (const [sum, number] of counts[k - 1]) {
        counts[k].set(sum + rank, (counts[k].get(sum + rank) ?? 0) + number);
      }
    }
  }
  const mean = chosen * (ranks.length + 1);
  let far = 0, all = 0;
  for (const [sum, number] of counts[chosen]) {
    all += number;
    if (Math.abs(sum - mean) >= 2 * distance) far += number;
  }
  return far / all;
}

function approximateTail(
  ranks: readonly number[],
  { m, n, distance }: { m: number; n: number; distance: number },
): number {
  const count = m + n;
  const ties = [...Map.groupBy(ranks, (rank) => rank).values()]
    .reduce((sum, { length: t }) => sum + t ** 3 - t, 0);
  const variance = m * n / 12 * (count + 1 - ties / (count * (count - 1)));
  if (variance === 0) return 1;
  return normalTail(Math.max(0, distance - 0.5) / Math.sqrt(variance));
}

function binomial(n: number, k: number): number {
  let number = 1;
  for (let i = 1; i <= k; i++) number *= (n - k + i) / i;
  return Math.round(number);
}
