/** The range of pixels that a network stretches to [-1, 1] before anything else. */

import { addScalar, scale } from "../ops/arithmetic.ts";
import type { Tensor, Value } from "../tensor.ts";

/** Darkest and brightest pixel value, in [0, 1] units. Values outside it come to lie outside [-1, 1]. */
export type PixelRange = readonly [low: number, high: number];

/** All pixels. */
export const WHOLE_RANGE: PixelRange = [0, 1];

/**
 * 2 (x - low) / (high - low) - 1, of any shape.
 *
 * @throws {RangeError} If the range is empty or not finite.
 */
export function toSymmetric(pixels: Value, range: PixelRange): Tensor {
  const { half, middle } = split(range);
  return addScalar(scale(pixels, 1 / half), -middle / half);
}

/** Undoes {@linkcode toSymmetric}. */
export function fromSymmetric(values: Value, range: PixelRange): Tensor {
  const { half, middle } = split(range);
  return addScalar(scale(values, half), middle);
}

/** Undoes {@linkcode toSymmetric} on the host. */
export function pixelsFrom(values: Float32Array, range: PixelRange): Float32Array {
  const { half, middle } = split(range);
  return values.map((v) => v * half + middle);
}

/** A smaller range is lost in float32. */
const LEAST_RANGE = Math.fround(1e-5);

/** @throws {RangeError} If the range is empty, too small for float32, or not finite. */
export function checkPixelRange([low, high]: PixelRange): void {
  if (Number.isFinite(low) && Number.isFinite(high) && Math.fround(high - low) >= LEAST_RANGE) return;
  throw new RangeError(
    `Cannot stretch pixels: pixelRange has to rise, by 0.00001 at least, it is ${low} to ${high}`,
  );
}

function split(range: PixelRange): { half: number; middle: number } {
  checkPixelRange(range);
  const [low, high] = range;
  return { half: (high - low) / 2, middle: (high + low) / 2 };
}
