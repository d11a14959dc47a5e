/** Checks of every image that an attack returns, in float64 on the host. */

import type { Norm } from "../../engine/ops/example_norm.ts";
import type { Safety } from "./types.ts";

/** The summary of no image: the neutral element of {@linkcode mergeSafety}. */
export const NOTHING_RETURNED: Safety = {
  largestPerturbation: 0,
  lowestPixel: 1,
  highestPixel: 0,
  notFinite: 0,
};

/** Reference for the checks. */
export interface ReturnedOptions {
  /** Clean images in the same order, of the same length as the returned ones. */
  readonly clean: ArrayLike<number>;
  /** Numbers of the examples in their data set, one per image. */
  readonly numbers: ArrayLike<number>;
  readonly norm: Norm;
  /** In pixel units of [0, 1]. */
  readonly eps: number;
  /** Name of the attack, for messages. */
  readonly attack: string;
}

/**
 * Checks the images that an attack returned against the clean ones: their distance in the norm, their pixel range, and
 * whether all numbers are finite. Distances are computed in float64 from the float32 pixels. They may exceed eps by
 * {@linkcode distanceSlack}; pixels must not leave [0, 1] at all.
 *
 * @param returned [n, H, W, C] in the order of `numbers`; with n = 0 the result is {@linkcode NOTHING_RETURNED}.
 * @returns The extremes over these images.
 * @throws {RangeError} If an image is further away than eps allows, a pixel is outside [0, 1] or not finite (it names
 * example, attack, value and eps), or the lengths do not fit.
 */
export function checkReturned(returned: ArrayLike<number>, options: ReturnedOptions): Safety {
  const { clean, numbers, norm, eps, attack } = options;
  const size = returned.length / Math.max(1, numbers.length);
  if (returned.length !== clean.length || !Number.isInteger(size) || numbers.length === 0 && size > 0) {
    throw new RangeError(
      `Cannot check images of ${attack}: lengths do not fit, ${numbers.length} examples have ${returned.length} ` +
        `numbers and ${clean.length} clean ones`,
    );
  }
  let safety = NOTHING_RETURNED;
  for (let i = 0; i < numbers.length; i++) {
    const found = inspect(returned, clean, { from: i * size, to: (i + 1) * size, norm });
    refuse(found, { eps, norm, size, who: `example ${numbers[i]}`, attack });
    safety = mergeSafety(safety, found);
  }
  return safety;
}

/**
 * Tolerance of a distance above eps: a bound on float32 rounding.
 *
 * Linf: 1e-6. Each pixel is rounded on its own, by at most 2^-25 where it is below 1.
 *
 * L2: 1e-6 + 2^-25 (sqrt(size) + eps size / 4), a bound. The pixels of an image at distance eps are rounded, each by at
 * most 2^-25, all together by at most sqrt(size) 2^-25. And the norm that a kernel scales by is the root of a float32 sum
 * of squares, added one after the other in four lanes: a relative error of at most 2^-24 for each addition, of which the
 * root halves the sum. For 32 x 32 x 3 and eps 0.5 that is 1.4e-5 in all; seen there: 2.1e-6.
 *
 * @param options.size Numbers in one image.
 */
export function distanceSlack(norm: Norm, { eps, size }: { eps: number; size: number }): number {
  return norm === "Linf" ? 1e-6 : 1e-6 + 2 ** -25 * (Math.sqrt(size) + eps * size / 4);
}

/** The summary of both sets of images. */
export function mergeSafety(a: Safety, b: Safety): Safety {
  return {
    largestPerturbation: Math.max(a.largestPerturbation, b.largestPerturbation),
    lowestPixel: Math.min(a.lowestPixel, b.lowestPixel),
    highestPixel: Math.max(a.highestPixel, b.highestPixel),
    notFinite: a.notFinite + b.notFinite,
  };
}

/** One image; numbers that are not finite enter only their count. */
function inspect(
  returned: ArrayLike<number>,
  clean: ArrayLike<number>,
  { from, to, norm }: { from: number; to: number; norm: Norm },
): Safety {
  let squares = 0, largest = 0, lowestPixel = Infinity, highestPixel = -Infinity, notFinite = 0;
  for (let i = from; i < to; i++) {
    const pixel = returned[i];
    if (!Number.isFinite(pixel)) {
      notFinite++;
      continue;
    }
    const difference = Math.abs(pixel - clean[i]);
    squares += difference * difference;
    largest = Math.max(largest, difference);
    if (pixel < lowestPixel) lowestPixel = pixel;
    if (pixel > highestPixel) highestPixel = pixel;
  }
  return {
    largestPerturbation: norm === "Linf" ? largest : Math.sqrt(squares),
    lowestPixel,
    highestPixel,
    notFinite,
  };
}

function refuse(
  { largestPerturbation, lowestPixel, highestPixel, notFinite }: Safety,
  { eps, norm, size, who, attack }: { eps: number; norm: Norm; size: number; who: string; attack: string },
): void {
  const start = `Cannot accept image of ${attack} for ${who}`;
  if (notFinite > 0) {
    throw new RangeError(`${start}: ${notFinite} of its ${size} numbers are not finite, eps is ${eps}`);
  }
  if (lowestPixel < 0 || highestPixel > 1) {
    throw new RangeError(
      `${start}: its pixels must be in [0, 1], they are in [${lowestPixel}, ${highestPixel}]`,
    );
  }
  // This form refuses NaN, too: a clean image may hold one.
  if (!(largestPerturbation <= eps + distanceSlack(norm, { eps, size }))) {
    throw new RangeError(
      `${start}: it must be within eps, its ${norm} distance is ${largestPerturbation}, eps is ${eps}`,
    );
  }
}
