/** The settings of a masked autoencoder, and their check. */

import { checkPixelRange, type PixelRange } from "../engine/nn/pixel_range.ts";
import type { CheckedSizes } from "./types.ts";

/** Settings of a masked autoencoder. */
export interface MaeConfig {
  /** Side of a patch in pixels; divides the images' height and width. */
  readonly patchSize: number;
  /** Length of the encoder's tokens, and of the features. */
  readonly dim: number;
  /** Transformer blocks of the encoder. */
  readonly depth: number;
  readonly heads: number;
  /** Width of a block's hidden layer, in multiples of its tokens' length. */
  readonly mlpRatio: number;
  readonly decoderDim: number;
  readonly decoderDepth: number;
  readonly decoderHeads: number;
  /** Part of each image's patches that is hidden, between 0 and 1. */
  readonly maskRatio: number;
  /** Whether the targets are normalised within each patch. */
  readonly normalisePixels: boolean;
  /** Pixels that encoder and targets stretch to [-1, 1]: [0, 1] for all. */
  readonly pixelRange: PixelRange;
  /** The features: the class token, or the mean of the patches' tokens; after the last normalisation. */
  readonly pooling: "cls" | "mean";
}

/**
 * How many of `patches` the encoder sees: (1 - maskRatio) of them, rounded.
 *
 * @throws {RangeError} If the ratio is not between 0 and 1, or no patch would be visible, or none hidden.
 */
export function visiblePatches(patches: number, maskRatio: number): number {
  if (!(maskRatio > 0 && maskRatio < 1)) {
    throw refusal(`maskRatio has to lie between 0 and 1, it is ${maskRatio}`);
  }
  const visible = Math.round(patches * (1 - maskRatio));
  if (visible === 0 || visible === patches) {
    const left = visible === 0 ? "visible" : "hidden";
    throw refusal(`maskRatio ${maskRatio} leaves none of ${patches} patches ${left}`);
  }
  return visible;
}

/** @throws {RangeError} If the settings do not fit together, or not the images. */
export function checkMae(config: MaeConfig, { height, width }: Omit<CheckedSizes, "batchSize">): void {
  const { patchSize, maskRatio, pixelRange } = config;
  checkPixelRange(pixelRange);
  for (
    const key of ["patchSize", "dim", "depth", "heads", "decoderDim", "decoderDepth", "decoderHeads"] as const
  ) {
    if (Number.isInteger(config[key]) && config[key] >= 1) continue;
    throw refusal(`${key} has to be an integer of at least 1, it is ${config[key]}`);
  }
  if (!(config.mlpRatio > 0 && Number.isFinite(config.mlpRatio))) {
    throw refusal(`mlpRatio has to be positive, it is ${config.mlpRatio}`);
  }
  if (height % patchSize !== 0 || width % patchSize !== 0) {
    throw refusal(`patchSize ${patchSize} does not divide images of ${height} x ${width}`);
  }
  for (const [size, heads] of [["dim", "heads"], ["decoderDim", "decoderHeads"]] as const) {
    if (config[size] % config[heads] !== 0) {
      throw refusal(`${size} ${config[size]} is not a multiple of ${heads} ${config[heads]}`);
    }
    if (config[size] % 4 !== 0) {
      throw refusal(`${size} has to be a multiple of 4 for its positions, it is ${config[size]}`);
    }
  }
  visiblePatches(height * width / patchSize ** 2, maskRatio);
}

function refusal(reason: string): RangeError {
  return new RangeError(`Cannot make a masked autoencoder: ${reason}`);
}
