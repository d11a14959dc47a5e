/** Random Gaussian blur. */

import { uniform01 } from "../../common/random.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import {
  applyAugmentation,
  type AugmentationAttrs,
  augmentationCase,
  checkSetting,
  defineAugmentation,
  type Size,
} from "./_augmentation.ts";
import { wgslFloat } from "./elementwise.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./gaussian_blur.wgsl" with { type: "text" };

/** Settings of the blur. */
export interface BlurSettings {
  /** Side of the window in pixels; odd. */
  readonly kernel: number;
  /** The standard deviation in pixels is uniform in [minSigma, maxSigma]. */
  readonly minSigma: number;
  readonly maxSigma: number;
  /** Probability that an image is blurred. */
  readonly probability: number;
}

/** out [B, H, W, 3]. Inputs: images, example numbers [B], step []. */
export const gaussianBlurOp = defineAugmentation<AugmentationAttrs & BlurSettings>({
  name: "gaussian_blur",
  verb: "blur images",
  source,
  unit: "row",
  fill: ({ kernel, minSigma, maxSigma, probability }) => {
    const floats = { MIN_SIGMA: minSigma, SIGMA_SPAN: maxSigma - minSigma, PROBABILITY: probability };
    const text = Object.fromEntries(Object.entries(floats).map(([name, v]) => [name, wgslFloat(v)]));
    return { consts: { R: (kernel - 1) / 2 }, text };
  },
  check: ({ kernel, minSigma, maxSigma, probability }, { height, width }) => {
    if (!Number.isSafeInteger(kernel) || kernel < 1 || kernel % 2 === 0) {
      throw new RangeError(`Cannot blur images: kernel must be an odd number from 1 up, got ${kernel}`);
    }
    if (kernel > 2 * Math.min(height, width) - 1) {
      throw new RangeError(
        `Cannot blur images: a kernel of ${kernel} does not fit images of ${height} x ${width}`,
      );
    }
    if (!(minSigma > 0)) {
      throw new RangeError(`Cannot blur images: minSigma must be above 0, got ${minSigma}`);
    }
    checkSetting("blur images", { maxSigma }, { min: minSigma });
    checkSetting("blur images", { probability }, { max: 1 });
  },
  apply: ({ pixels, height, width, draw, attrs }) => {
    const [decision, word] = draw(0);
    if (uniform01(decision) >= attrs.probability) return pixels;
    const sigma = attrs.minSigma + uniform01(word) * (attrs.maxSigma - attrs.minSigma);
    return blur(pixels, { height, width, kernel: attrs.kernel, sigma });
  },
  cases: [
    augmentationCase("one pixel", { shape: [1, 1, 1], kernel: 1, minSigma: 1, maxSigma: 1, probability: 1 }),
    augmentationCase("images", { shape: [9, 9, 7], kernel: 3, minSigma: 0.1, maxSigma: 2, probability: 0.5 }),
    augmentationCase("largest window", {
      shape: [3, 4, 3],
      kernel: 5,
      minSigma: 1,
      maxSigma: 2,
      probability: 1,
    }),
    augmentationCase("empty batch", {
      shape: [0, 2, 2],
      kernel: 3,
      minSigma: 1,
      maxSigma: 1,
      probability: 1,
    }),
  ],
});

/**
 * Blurs each image with a probability: a Gaussian of random width, cut off at the window and normalised, over the image
 * reflected at its borders. Whether and how much an example is blurred depends on its number, the step and the stream
 * alone. Source: torchvision's GaussianBlur.
 *
 * @param images [B, H, W, 3].
 * @returns [B, H, W, 3].
 * @throws {RangeError} If the kernel is even or too large for the images, not 0 < minSigma <= maxSigma, the probability
 * is outside [0, 1], or the shapes do not fit together.
 */
export function gaussianBlur(
  images: Value,
  options: BlurSettings & { readonly random: RandomSource },
): Tensor {
  return applyAugmentation(gaussianBlurOp, images, options);
}

/** One image [H, W, 3] blurred, in float64. */
export function blur(
  pixels: Float64Array,
  { height, width, kernel, sigma }: Size & { readonly kernel: number; readonly sigma: number },
): Float64Array {
  const radius = (kernel - 1) / 2;
  const weights = Array.from({ length: kernel }, (_, k) => Math.exp(-(((k - radius) / sigma) ** 2) / 2));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const out = new Float64Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const c = i % 3, x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width);
    weights.forEach((wy, ky) =>
      weights.forEach((wx, kx) => {
        const from = reflect(y + ky - radius, height) * width + reflect(x + kx - radius, width);
        out[i] += wy * wx / total ** 2 * pixels[3 * from + c];
      })
    );
  }
  return out;
}

/** Position `at` reflected into 0..size-1 at the outermost pixels' centres. */
function reflect(at: number, size: number): number {
  const inside = Math.abs(at);
  return inside < size ? inside : 2 * (size - 1) - inside;
}
