/** Window sizes of the Square Attack, by iteration. */

import type { Norm } from "../../engine/ops/example_norm.ts";

/** Windows of one size, from iteration `from` until the next level. */
export interface Level {
  readonly from: number;
  /** Side of the window in pixels. */
  readonly side: number;
}

/** First iterations at which the window's share of the image is halved once more. */
const HALVED_FROM = [0, 11, 51, 201, 501, 1001, 2001, 4001, 6001, 8001] as const;

/** Parameters of a schedule. */
export interface WindowScheduleOptions {
  readonly norm: Norm;
  readonly height: number;
  readonly width: number;
  /** Share of the image that the first windows cover; above 0, at most 1. */
  readonly pInit: number;
}

/**
 * Windows of a square attack: side = round(sqrt(p height width)), of at least 1 pixel in Linf; in L2 of at least 3 and
 * made odd by adding one; in both at most the image's smaller side. p = pInit up to iteration 10, then half, a quarter
 * and so on from iterations 11, 51, 201, 501, 1001, 2001, 4001, 6001 and 8001, however many queries there are.
 *
 * Source: the schedule of the official AutoAttack, without rescaling (https://arxiv.org/abs/1912.00049, section 3.1,
 * is for 10,000 queries). Departure: in L2 a window stays odd where it meets the image's smaller side; images of less
 * than 3 pixels have windows of their smaller side.
 *
 * @returns In ascending order, the first from iteration 0; sides differ from one level to the next.
 */
export function windowLevels({ norm, height, width, pInit }: WindowScheduleOptions): Level[] {
  const smaller = Math.min(height, width);
  const levels: Level[] = [];
  HALVED_FROM.forEach((from, k) => {
    const rounded = roundHalfToEven(Math.sqrt(pInit / 2 ** k * height * width));
    const side = norm === "Linf" ? clip(rounded, [1, smaller]) : oddSide(Math.max(3, rounded), smaller);
    if (levels.length === 0 || levels[levels.length - 1].side !== side) levels.push({ from, side });
  });
  return levels;
}

function oddSide(side: number, smaller: number): number {
  const odd = side % 2 === 0 ? side + 1 : side;
  if (odd <= smaller) return odd;
  return smaller > 2 && smaller % 2 === 0 ? smaller - 1 : smaller;
}

function clip(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(Math.max(value, low), high);
}

/** As the official code's language rounds: 2.5 becomes 2. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
