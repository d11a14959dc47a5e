/** Random changes of brightness, contrast, saturation and hue. */

import { type U32x4, uniform01 } from "../../common/random.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import {
  applyAugmentation,
  type AugmentationAttrs,
  augmentationCase,
  checkSetting,
  defineAugmentation,
  luma,
} from "./_augmentation.ts";
import { wgslFloat } from "./elementwise.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./colour_jitter.wgsl" with { type: "text" };

/** Ranges of the changes. */
export interface JitterStrengths {
  /** The factor is uniform in [max(0, 1 - brightness), 1 + brightness], as are the next two. */
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** The shift is uniform in [-hue, hue], in turns; at most 0.5. */
  readonly hue: number;
  /** Probability that an image changes. */
  readonly probability: number;
}

/** The changes of one image. */
export interface Jitter {
  /** Permutation of brightness 0, contrast 1, saturation 2 and hue 3. */
  readonly order: readonly number[];
  /** Factors of brightness, contrast and saturation, and turns of the hue. */
  readonly factors: readonly number[];
}

/** out [B, H, W, 3]. Inputs: images, example numbers [B], step []. */
export const colourJitterOp = defineAugmentation<AugmentationAttrs & JitterStrengths>({
  name: "colour_jitter",
  verb: "jitter colours",
  source,
  unit: "image",
  fill: (attrs) => {
    const { low, span } = rangesOf(attrs);
    const vector = (values: readonly number[]) => `vec4<f32>(${values.map(wgslFloat).join(", ")})`;
    const PROBABILITY = wgslFloat(attrs.probability);
    return { text: { LOW: vector(low), SPAN: vector(span), PROBABILITY } };
  },
  check: ({ brightness, contrast, saturation, hue, probability }) => {
    checkSetting("jitter colours", { brightness, contrast, saturation });
    checkSetting("jitter colours", { hue }, { max: 0.5 });
    checkSetting("jitter colours", { probability }, { max: 1 });
  },
  apply: ({ pixels, draw, attrs }) => {
    const jitter = jitterOf(attrs, draw);
    return jitter === null ? pixels : jitterColours(pixels.map(unit), jitter);
  },
  cases: [
    augmentationCase("one pixel", { shape: [1, 1, 1], ...strengths(0.4) }),
    augmentationCase("fewer pixels than lanes", { shape: [30, 3, 5], ...strengths(0.4) }),
    augmentationCase("more pixels than lanes, not always", {
      shape: [5, 9, 11],
      ...strengths(0.8),
      probability: 0.5,
    }),
    augmentationCase("far", { shape: [30, 4, 4], ...strengths(1.5), hue: 0.5 }),
    augmentationCase("hue alone", { shape: [5, 8, 8], ...strengths(0), hue: 0.2 }),
    augmentationCase("empty batch", { shape: [0, 2, 2], ...strengths(0.4) }),
  ],
});

/**
 * Changes brightness, contrast, saturation and hue of each image by random factors, in random order, with a
 * probability. The mean grey level that contrast needs is that of the image as changed so far. Values outside [0, 1]
 * are clipped. An example's changes depend on its number, the step and the stream alone. Source: torchvision's
 * ColorJitter on tensors.
 *
 * @param images [B, H, W, 3] in [0, 1].
 * @returns [B, H, W, 3] in [0, 1].
 * @throws {RangeError} If a strength is negative, the hue above 0.5, the probability outside [0, 1], or the shapes do
 * not fit together.
 */
export function colourJitter(
  images: Value,
  options: JitterStrengths & { readonly random: RandomSource },
): Tensor {
  return applyAugmentation(colourJitterOp, images, options);
}

/** The changes of an example, from its random words; null for none. */
export function jitterOf(attrs: JitterStrengths, draw: (block: number) => U32x4): Jitter | null {
  const [decision, index] = draw(0);
  if (uniform01(decision) >= attrs.probability) return null;
  const { low, span } = rangesOf(attrs);
  let rest = Math.floor(index / 2 ** 32 * 24);
  const left = [0, 1, 2, 3], order: number[] = [];
  while (left.length > 0) {
    const at = rest % left.length;
    rest = Math.floor(rest / left.length);
    order.push(...left.splice(at, 1));
  }
  return { order, factors: draw(1).map((word, i) => low[i] + uniform01(word) * span[i]) };
}

/** One image [H, W, 3] in [0, 1] under given changes, in float64. */
export function jitterColours(pixels: Float64Array, { order, factors }: Jitter): Float64Array {
  let image = pixels;
  for (const what of order) {
    const factor = factors[what];
    if (what === 3) image = shiftHue(image, factor);
    else {
      const grey = greyLevels(image), mean = grey.reduce((sum, v) => sum + v, 0) / grey.length;
      const other = [() => 0, () => mean, (i: number) => grey[Math.floor(i / 3)]][what];
      image = image.map((v, i) => unit(factor * v + (1 - factor) * other(i)));
    }
  }
  return image;
}

function greyLevels(image: Float64Array): Float64Array {
  return Float64Array.from(
    { length: image.length / 3 },
    (_, i) => luma(image[3 * i], image[3 * i + 1], image[3 * i + 2]),
  );
}

/** Through HSV, sector by sector, as the definition has it; the kernel uses a closed form. */
function shiftHue(image: Float64Array, turns: number): Float64Array {
  const out = new Float64Array(image.length);
  for (let i = 0; i < image.length; i += 3) {
    const [r, g, b] = image.subarray(i, i + 3);
    const value = Math.max(r, g, b), chroma = value - Math.min(r, g, b);
    const saturation = chroma === 0 ? 0 : chroma / value, divisor = chroma === 0 ? 1 : chroma;
    const hue = value === r ? (g - b) / divisor : value === g ? 2 + (b - r) / divisor : 4 + (r - g) / divisor;
    const sixths = 6 * modulo(hue / 6 + turns, 1), sector = Math.floor(sixths), f = sixths - sector;
    const p = value * (1 - saturation), q = value * (1 - saturation * f);
    const t = value * (1 - saturation * (1 - f)), v = value;
    out.set([[v, t, p], [q, v, p], [p, v, t], [p, q, v], [t, p, v], [v, p, q]][sector % 6], i);
  }
  return out;
}

function rangesOf(
  { brightness, contrast, saturation, hue }: JitterStrengths,
): { low: readonly number[]; span: readonly number[] } {
  const strengths = [brightness, contrast, saturation];
  const low = [...strengths.map((s) => Math.max(0, 1 - s)), -hue];
  return { low, span: [...strengths.map((s, i) => 1 + s - low[i]), 2 * hue] };
}

function modulo(a: number, n: number): number {
  return a - n * Math.floor(a / n);
}

/** Clipped to [0, 1]. */
function unit(v: number): number {
  return Math.min(1, Math.max(0, v));
}

function strengths(s: number): JitterStrengths {
  return { brightness: s, contrast: s, saturation: s, hue: Math.min(0.5, s / 4), probability: 1 };
}
