/** Augmentations of a training, as settings and as what they record.
 *
 * @module
 */
import { asTensor, trace } from "../engine/graph/graph.ts";
import { colourJitter, type JitterStrengths } from "../engine/ops/colour_jitter.ts";
import { type BlurSettings, gaussianBlur } from "../engine/ops/gaussian_blur.ts";
import { randomCrop } from "../engine/ops/random_crop.ts";
import { randomFlip } from "../engine/ops/random_flip.ts";
import { randomGreyscale } from "../engine/ops/random_greyscale.ts";
import { randomResizedCrop, type ResizedCropScale } from "../engine/ops/random_resized_crop.ts";
import { type Stream, stream } from "../common/random.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../engine/graph/tensor.ts";

/** Random changes of images before a network sees them. The steps are applied in this order. */
export interface AugmentationConfig {
  /** Pixels of zero padding before a random crop of the image's own size; 0 for none. */
  readonly cropPadding: number;
  /** A box of random size and place, stretched to the image's size; null for none. */
  readonly resizedCrop: ResizedCropScale | null;
  /** Mirroring with probability one half. */
  readonly flip: boolean;
  /** Brightness, contrast, saturation and hue, in random order; null for none. */
  readonly jitter: JitterStrengths | null;
  /** Probability of an image turning grey; 0 for none. */
  readonly greyscale: number;
  /** Gaussian blur; null for none. */
  readonly blur: BlurSettings | null;
}

/** Images as they are stored. */
export const NO_AUGMENTATION: AugmentationConfig = {
  cropPadding: 0,
  resizedCrop: null,
  flip: false,
  jitter: null,
  greyscale: 0,
  blur: null,
};

/** Names of the steps, in their order. Each draws from a stream of its own purpose. */
export const AUGMENTATION_STEPS = [
  "cropPadding",
  "resizedCrop",
  "flip",
  "jitter",
  "greyscale",
  "blur",
] as const satisfies readonly (keyof AugmentationConfig)[];

/** Name of a step. */
export type AugmentationStep = typeof AUGMENTATION_STEPS[number];

/** The source of the random numbers of a batch's augmentation. */
export interface AugmentOptions {
  /** Numbers of the examples in their data set, [B] u32. */
  readonly examples: Value;
  /** Counts draws for the same example: the epoch, [] u32. */
  readonly step: Value;
  /** The stream of a step of the augmentation, so that switching one off does not change the others. */
  readonly stream: (purpose: AugmentationStep) => Stream;
}

/**
 * Records the augmentation of a batch of images: padded crop, resized crop, mirroring, colour jitter, greyscale, blur,
 * and nothing for those that are off. What happens to an example depends on its number, the step and the streams alone.
 * Source: the order of SimCLR, Chen et al. 2020, https://arxiv.org/abs/2002.05709, appendix A.
 *
 * @param images [B, H, W, 3] in [0, 1].
 * @returns [B, H, W, 3] in [0, 1].
 * @throws {RangeError} If a setting makes no sense for such images, see the single steps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { f32, stream, trace, u32, Variable } from "../engine/mod.ts";
 * import { augment, NO_AUGMENTATION } from "./augment.ts";
 *
 * const images = new Variable("images", f32(8, 32, 32, 3)), examples = new Variable("examples", u32(8));
 * const step = new Variable("epoch", u32());
 * const config = { ...NO_AUGMENTATION, resizedCrop: { minScale: 0.08, maxScale: 1 }, flip: true };
 * const { graph } = trace(() =>
 *   augment(images, config, { examples, step, stream: (purpose) => stream(0, `view 1/${purpose}`) })
 * );
 * assertEquals(graph.nodes.map(({ op }) => op.name), ["random_resized_crop", "random_flip"]);
 * ```
 */
export function augment(
  images: Value,
  config: AugmentationConfig,
  { examples, step, stream }: AugmentOptions,
): Tensor {
  const { cropPadding, resizedCrop, flip, jitter, greyscale, blur } = config;
  const random = (purpose: AugmentationStep) => ({ examples, step, stream: stream(purpose) });
  let x = asTensor(images);
  if (cropPadding !== 0) x = randomCrop(x, { padding: cropPadding, random: random("cropPadding") });
  if (resizedCrop !== null) x = randomResizedCrop(x, { ...resizedCrop, random: random("resizedCrop") });
  if (flip) x = randomFlip(x, { random: random("flip") });
  if (jitter !== null) x = colourJitter(x, { ...jitter, random: random("jitter") });
  if (greyscale !== 0) x = randomGreyscale(x, { probability: greyscale, random: random("greyscale") });
  if (blur !== null) x = gaussianBlur(x, { ...blur, random: random("blur") });
  return x;
}

/** Whether images stay as they are. */
export function isNoAugmentation(config: AugmentationConfig): boolean {
  return AUGMENTATION_STEPS.every((step) => config[step] === NO_AUGMENTATION[step]);
}

/**
 * Refuses an augmentation that images of that size could not go through.
 *
 * @param size In pixels.
 * @throws {RangeError} If a setting makes no sense, see the single steps.
 */
export function checkAugmentation(
  config: AugmentationConfig,
  { height, width }: { readonly height: number; readonly width: number },
): void {
  trace(() =>
    augment(new Variable("images", f32(1, height, width, 3)), config, {
      examples: new Variable("examples", u32(1)),
      step: new Variable("epoch", u32()),
      stream: (purpose) => stream(0, purpose),
    })
  );
}
