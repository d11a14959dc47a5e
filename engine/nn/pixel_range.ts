/** The pixel range that a network first stretches to [-1, 1]. */

import { addScalar, scale } from "../ops/arithmetic.ts";
import type { Tensor, Value } from "../graph/tensor.ts";

/** Darkest and brightest pixel value, in [0, 1] units. Values outside it come to lie outside [-1, 1]. */
export type PixelRange = readonly [low: number, high: number];

/** All pixels. */
export const WHOLE_RANGE: PixelRange = [0, 1];

/**
 * 2 (x - low) / (high - low) - 1, of any shape.
 *
 * @throws {RangeError} If the range is too narrow or too far from 0.
 */
export function toSymmetric(pixels: Value, range: PixelRange): Tensor {
  const { half, middle } = split(range);
  return addScalar(scale(pixels, 1 / half), -middle / half);
}

/** Inverse of {@linkcode toSymmetric}. */
export function fromSymmetric(values: Value, range: PixelRange): Tensor {
  const { half, middle } = split(range);
  return addScalar(scale(values, half), middle);
}

/** Undoes {@linkcode toSymmetric} on the host. */
export function pixelsFrom(values: Float32Array, range: PixelRange): Float32Array {
  const { half, middle } = split(range);
  return values.map((v) => v * half + middle);
}

/** The smallest width of a range, and the largest distance of its ends from 0: further out float32 loses the pixels. */
const MIN_WIDTH = 1e-3, MAX_END = 10;

/** @throws {RangeError} If the range is narrower than 0.001, or reaches beyond -10 or 10. */
export function checkPixelRange([low, high]: PixelRange): void {
  if (high - low >= MIN_WIDTH && low >= -MAX_END && high <= MAX_END) return;
  throw new RangeError(
    `Cannot stretch pixels: pixelRange has to rise by at least ${MIN_WIDTH} within -${MAX_END} and ${MAX_END}, ` +
      `it is ${low} to ${high}`,
  );
}

function split(range: PixelRange): { half: number; middle: number } {
  checkPixelRange(range);
  const [low, high] = range;
  return { half: (high - low) / 2, middle: (high + low) / 2 };
}
