/** Differences of two shares of images, head minus base, with 95 % intervals. */
import { evenSplitTail, normalTail, Z_95 } from "./distributions.ts";
import { wilson } from "./wilson.ts";

/** A difference of shares. */
export interface ShareDifference {
  readonly difference: number;
  readonly interval: readonly [low: number, high: number];
  /** Probability of chance, two-sided. */
  readonly p: number;
  readonly statistic: string;
}

/**
 * Two classifiers on the same images: McNemar's exact test, and the adjusted Wald interval of Bonett & Price 2012,
 * https://doi.org/10.3102/1076998611411915: with b images that only head has right and c that only base has right,
 * q = (b + 1) / (n + 2) and r = (c + 1) / (n + 2), q - r -+ z sqrt((q + r - (q - r)²) / (n + 2)). It speaks of these two
 * networks on other images, not of training them again.
 *
 * @param base 1 where an image is right; `head` likewise, of the same images in the same order.
 * @throws {RangeError} If there are no images, or not as many on both sides.
 */
export function pairedShares(base: ArrayLike<number>, head: ArrayLike<number>): ShareDifference {
  const n = base.length;
  if (n === 0 || head.length !== n) {
    throw new RangeError(`Cannot compare outcomes: expected as many images, got ${n} and ${head.length}`);
  }
  let b = 0, c = 0;
  for (let i = 0; i < n; i++) {
    if (head[i] > base[i]) b++;
    if (head[i] < base[i]) c++;
  }
  const q = (b + 1) / (n + 2), r = (c + 1) / (n + 2);
  const half = Z_95 * Math.sqrt((q + r - (q - r) ** 2) / (n + 2));
  return {
    difference: (b - c) / n,
    interval: [Math.max(-1, q - r - half), Math.min(1, q - r + half)],
    p: evenSplitTail(b, b + c),
    statistic:
      `one seed: the same ${n} test images in pairs, McNemar's exact test, 95 % Bonett-Price interval`,
  };
}

/** A share of hits. */
export interface Share {
  readonly hits: number;
  readonly count: number;
}

/**
 * Two classifiers whose single outcomes are not known: Newcombe's interval from Wilson's (1998, method 10,
 * https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), which treats the images as a new sample
 * for each and so is too wide where they were the same, and the pooled z test.
 *
 * @throws {RangeError} If there are no images.
 */
export function independentShares(base: Share, head: Share): ShareDifference {
  const [p, q] = [base.hits / base.count, head.hits / head.count];
  const [[baseLow, baseHigh], [headLow, headHigh]] = [base, head].map(({ hits, count }) =>
    wilson(hits, count)
  );
  const pooled = (base.hits + head.hits) / (base.count + head.count);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / base.count + 1 / head.count));
  return {
    difference: q - p,
    interval: [q - p - Math.hypot(q - headLow, baseHigh - p), q - p + Math.hypot(headHigh - q, p - baseLow)],
    p: error === 0 ? 1 : normalTail((q - p) / error),
    statistic: `one seed: ${base.count} and ${head.count} test images taken as independent, z test, ` +
      "95 % Newcombe interval",
  };
}
