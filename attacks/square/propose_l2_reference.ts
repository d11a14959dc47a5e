/** Float64 values of the proposals in L2, channel by channel and window by window. */

import type { NdArray } from "../../engine/graph/op.ts";
import { philox4x32 } from "../../common/random.ts";
import type { Spec } from "../../engine/arrays/shape.ts";
import { cornerBelow, type ProposeAttrs, sideAt, signOf } from "./proposal.ts";
import { tiling } from "./tiling.ts";

/** A channel's perturbation, by row and column. */
type Plane = number[][];
type Corner = readonly [top: number, left: number];

/** proposal [B, H, W, C] of origin, best, slot, examples and patterns. */
export function proposeL2Reference(
  [origin, best, slot, examples, patterns]: readonly NdArray[],
  { eps, levels, iterations, key }: ProposeAttrs,
  [out]: readonly Spec[],
): NdArray[] {
  const [B, H, W, C] = out.shape;
  const data = new Float64Array(B * H * W * C);
  for (let b = 0; b < B; b++) {
    const [, run, iteration] = slot.data.subarray(4 * b, 4 * b + 4);
    const draw = (block: number) =>
      philox4x32([examples.data[b], (run * iterations + iteration) % 2 ** 32, block, 0], key);
    const index = (i: number, j: number, c: number) => ((b * H + i) * W + j) * C + c;
    const pattern = (level: number, [, coin]: readonly number[]): Plane => {
      const sides = [tiling(H, W).side, ...levels.map(({ side }) => side)], s = sides[level];
      const from = sides.slice(0, level).reduce((sum, side) => sum + side * side, 0);
      return plane(s, s, (i, j) => patterns.data[from + (coin % 2 === 1 ? j * s + i : i * s + j)]);
    };
    const planes = Array.from({ length: C }, (_, c): Plane => {
      if (iteration === 0) return startPlane({ H, W, c, draw, pattern });
      const now = plane(H, W, (i, j) => best.data[index(i, j, c)] - origin.data[index(i, j, c)]);
      const s = sideAt(levels, iteration - 1), level = levels.findIndex(({ side }) => side === s) + 1;
      const [top, left, top2, left2] = draw(0).map((word, k) => cornerBelow(word, (k % 2 === 0 ? H : W) - s));
      let total = 0;
      for (let at = index(0, 0, 0); at < index(H, 0, 0); at++) {
        total += (best.data[at] - origin.data[at]) ** 2;
      }
      const room = Math.max(eps * eps - total, 0) / C;
      const sign = signOf(draw(1)[0], c);
      const paint = pattern(level, draw(1)).map((row) => row.map((v) => sign * v));
      return repaint(now, { corners: [[top, left], [top2, left2]], paint, room });
    });
    const norm = Math.sqrt(planes.reduce((sum, p) => sum + squares(p), 0));
    for (let i = 0; i < H; i++) {
      for (let j = 0; j < W; j++) {
        for (let c = 0; c < C; c++) {
          const at = index(i, j, c), moved = origin.data[at] + eps * planes[c][i][j] / (norm + 1e-12);
          data[at] = Math.min(Math.max(moved, 0), 1);
        }
      }
    }
  }
  return [{ shape: out.shape, data }];
}

function startPlane({ H, W, c, draw, pattern }: {
  H: number;
  W: number;
  c: number;
  draw: (block: number) => readonly number[];
  pattern: (level: number, bits: readonly number[]) => Plane;
}): Plane {
  const { side, down, across, top, left } = tiling(H, W);
  const canvas = plane(H, W, () => 0);
  for (let tile = 0; tile < down * across; tile++) {
    const bits = draw(tile), painted = pattern(0, bits);
    const [i0, j0] = [top + Math.floor(tile / across) * side, left + tile % across * side];
    painted.forEach((row, i) => row.forEach((v, j) => canvas[i0 + i][j0 + j] = signOf(bits[0], c) * v));
  }
  return canvas;
}

/** One channel: the first window painted over its old direction, the second one emptied. */
function repaint(
  now: Plane,
  { corners: [first, second], paint, room }: { corners: readonly Corner[]; paint: Plane; room: number },
): Plane {
  const s = paint.length;
  const inside = ([top, left]: Corner, i: number, j: number) =>
    i >= top && i < top + s && j >= left && j < left + s;
  const [top, left] = first;
  const window = plane(s, s, (i, j) => now[top + i][left + j]);
  const both = now.map((row, i) => row.map((v, j) => inside(first, i, j) || inside(second, i, j) ? v : 0));
  const norm = Math.sqrt(squares(window));
  const bracket = plane(s, s, (i, j) => paint[i][j] + window[i][j] / (norm + 1e-12));
  const stretch = Math.sqrt(room + squares(both)) / (Math.sqrt(squares(bracket)) + 1e-12);
  const next = now.map((row, i) => row.map((v, j) => inside(second, i, j) ? 0 : v));
  bracket.forEach((row, i) => row.forEach((v, j) => next[top + i][left + j] = stretch * v));
  return next;
}

function plane(height: number, width: number, value: (i: number, j: number) => number): Plane {
  return Array.from({ length: height }, (_, i) => Array.from({ length: width }, (_, j) => value(i, j)));
}

function squares(values: Plane): number {
  return values.flat().reduce((sum, v) => sum + v * v, 0);
}
