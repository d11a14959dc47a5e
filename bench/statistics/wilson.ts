import { Z_95 as Z } from "./distributions.ts";

/**
 * Wilson's score interval of 95 % for a share of `hits` among `count`:
 * (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). It covers the sampling of the images alone.
 * Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953; without correction for continuity.
 *
 * @throws {RangeError} If there is nothing to count, or more hits than that.
 */
export function wilson(hits: number, count: number): readonly [low: number, high: number] {
  if (!(count >= 1 && hits >= 0 && hits <= count)) {
    throw new RangeError(`Cannot make an interval: expected 0 to n hits among n, got ${hits} among ${count}`);
  }
  const p = hits / count, z2 = Z * Z / count;
  const centre = p + z2 / 2, half = Z * Math.sqrt(p * (1 - p) / count + z2 / (4 * count));
  return [
    hits === 0 ? 0 : (centre - half) / (1 + z2),
    hits === count ? 1 : (centre + half) / (1 + z2),
  ];
}
