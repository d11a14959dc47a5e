/** Checks of images and labels before they are attacked. */

import { formatShape, type Shape, sizeOf } from "../../engine/arrays/shape.ts";
import type { Examples } from "../evaluation/robustness_attack.ts";

/**
 * Checks examples: at least one, lengths that fit the shape, pixels that are finite and in [0, 1], labels below the
 * number of classes, numbers that all differ.
 *
 * @param options.imageShape [H, W, C].
 * @throws {RangeError} If one of these does not hold; it names the example by its number, and the value.
 */
export function checkExamples(
  { images, labels, numbers }: Examples,
  { imageShape, classes }: { imageShape: Shape; classes: number },
): void {
  const n = labels.length, size = sizeOf(imageShape);
  if (n === 0) throw new RangeError("Cannot attack examples: expected at least one, got 0");
  if (images.length !== n * size) {
    throw new RangeError(
      `Cannot attack examples: ${n} images of ${formatShape(imageShape)} have ${n * size} numbers, ` +
        `got ${images.length}`,
    );
  }
  if (numbers !== undefined) checkNumbers(numbers, n);
  const name = (i: number) => `example ${numbers?.[i] ?? i}`;
  for (let i = 0; i < n; i++) {
    if (labels[i] >= classes) {
      throw new RangeError(
        `Cannot attack ${name(i)}: its label must be below the number of classes, ${classes}, got ${
          labels[i]
        }`,
      );
    }
  }
  for (let i = 0; i < images.length; i++) {
    // This form refuses NaN, too.
    if (!(images[i] >= 0 && images[i] <= 1)) {
      throw new RangeError(
        `Cannot attack ${name(Math.floor(i / size))}: its pixels must be in [0, 1], the one at ` +
          `${formatShape(positionOf(i % size, imageShape))} is ${images[i]}` +
          (images[i] > 1 && images[i] <= 255 ? "\nHint: divide 8-bit pixels by 255" : ""),
      );
    }
  }
}

function checkNumbers(numbers: Uint32Array, n: number): void {
  if (numbers.length !== n) {
    throw new RangeError(
      `Cannot attack examples: each needs a number, got ${n} labels and ${numbers.length} numbers`,
    );
  }
  const places = new Map<number, number>();
  numbers.forEach((number, i) => {
    const before = places.get(number);
    if (before !== undefined) {
      throw new RangeError(
        `Cannot attack examples: their numbers must differ, places ${before} and ${i} both have ${number}`,
      );
    }
    places.set(number, i);
  });
}

/** Index of each dimension, from the place in a row-major array. */
function positionOf(place: number, shape: Shape): number[] {
  const position: number[] = [];
  for (const length of shape.toReversed()) {
    position.unshift(place % length);
    place = Math.floor(place / length);
  }
  return position;
}
