/** The shortest step to a hyperplane within the pixel range, in float64 on the host: the reference of FAB's kernel. */

import type { Norm } from "../../engine/ops/example_norm.ts";

/** L2: coordinates whose share of the normal's largest entry is smaller do not move: their squares are negligible. */
export const MIN_WEIGHT = 1e-18;
/** The same in the official code, for the unscaled entry. */
export const OFFICIAL_MIN_WEIGHT = 1e-8;

/** A point and the hyperplane {z: gap + <normal, z - point> = 0}. */
export interface PlaneOptions {
  readonly normal: ArrayLike<number>;
  /** The value at the point: <normal, point> - b for the plane {z: <normal, z> = b}. */
  readonly gap: number;
  readonly norm: Norm;
  /** L2: coordinates whose entry of the normal is smaller do not move. Default 0. */
  readonly minWeight?: number;
}

/**
 * The shortest step, in the norm, from a point to a hyperplane within [0, 1]; where the plane does not meet the box,
 * the step to the bounds that are nearest to it.
 *
 * At multiplier l, coordinate i contributes u_i min(l, q_i) to <normal, step> = -gap, with u = |w|, q the distance to the
 * bound (Linf) or u = w^2, q = that distance / |w| (L2). The sum over i rises with l, in straight pieces from one
 * q_i to the next, so the q_i are sorted and the piece that holds |gap| is found.
 *
 * Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, section 3.1 and appendix. No departure in exact
 * arithmetic.
 *
 * @param point Pixels in [0, 1]; those beyond a bound count as lying on it.
 * @returns The step, of the length of `point`.
 */
export function stepToPlane(
  point: ArrayLike<number>,
  { normal, gap, norm, minWeight = 0 }: PlaneOptions,
): Float64Array<ArrayBuffer> {
  const away = gap < 0 ? -1 : 1;
  const coordinates = Array.from({ length: point.length }, (_, i) => {
    const w = away * normal[i];
    const room = Math.max(0, w > 0 ? point[i] : 1 - point[i]);
    if (norm === "Linf") return { i, u: Math.abs(w), q: room, slope: Math.sign(w) };
    const moves = w !== 0 && Math.abs(w) >= minWeight;
    return { i, u: moves ? w * w : 0, q: moves ? room / Math.abs(w) : 0, slope: moves ? w : 0 };
  }).filter(({ u }) => u > 0).sort((a, b) => a.q - b.q);
  let left = Math.abs(gap), weight = coordinates.reduce((sum, { u }) => sum + u, 0), multiplier = 0;
  for (const { u, q } of coordinates) {
    const piece = (q - multiplier) * weight;
    if (piece >= left) break;
    left -= piece;
    multiplier = q;
    weight -= u;
  }
  const reachable = coordinates.length > 0 && multiplier < coordinates[coordinates.length - 1].q;
  if (reachable) multiplier += left / weight;
  const step = new Float64Array(point.length);
  for (const { i, q, slope } of coordinates) step[i] = -slope * Math.min(multiplier, q);
  return step;
}

/** The size of a difference in a norm, float64. */
export function sizeIn(norm: Norm, values: ArrayLike<number>): number {
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    size = norm === "Linf" ? Math.max(size, Math.abs(values[i])) : size + values[i] ** 2;
  }
  return norm === "Linf" ? size : Math.sqrt(size);
}
