/** Pictures of a masked autoencoder: its inputs and reconstructions. */

import { Feed, inOrder } from "../datasets/feed.ts";
import { type Picture, picturesOf } from "../datasets/picture.ts";
import type { Gpu } from "../engine/device/device.ts";
import { fromSymmetric, type PixelRange } from "../engine/nn/pixel_range.ts";
import { add, addScalar, mul, scale } from "../engine/ops/arithmetic.ts";
import { joinPatches } from "../engine/ops/patchify.ts";
import type { RandomSource } from "../engine/ops/random_images.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { pixelsOfTargets } from "./_patch_targets.ts";
import type { PictureOptions, Pictures } from "./types.ts";

/** Reconstructs images [B, H, W, 3] by a masked autoencoder. */
export type Reconstruct = (images: Tensor, random: RandomSource) => {
  /** True pixels in [-1, 1], [B, T, P]. */
  readonly patches: Tensor;
  /** [B, T, P]. */
  readonly predictions: Tensor;
  /** 1 where a patch is hidden, [B, T, 1]. */
  readonly mask: Tensor;
};

/** Options of the pictures. */
export interface MaePictureOptions extends PictureOptions {
  readonly reconstruct: Reconstruct;
  readonly patchSize: number;
  readonly pixelRange: PixelRange;
  /** Whether predictions are of normalised patches. */
  readonly normalise: boolean;
}

/** The first images of a set, the same with hidden patches, and the same with these patches reconstructed. */
export async function maePictures(gpu: Gpu, options: MaePictureOptions): Promise<Pictures> {
  const { set, seed, reconstruct, patchSize, pixelRange, normalise } = options, { height, width } = set;
  const feed = new Feed(gpu, set, { batchSize: Math.min(options.count, set.count) });
  const program = await Program.compile(gpu, "mae pictures", () => {
    const random = { examples: feed.examples, step: feed.epoch, stream: stream(seed, "pictures/mask") };
    const { patches, predictions, mask } = reconstruct(feed.images(), random);
    const seen = mul(patches, addScalar(scale(mask, -1), 1));
    const painted = mul(pixelsOfTargets(predictions, { patches, normalise }), mask);
    const images = (signed: Tensor) =>
      joinPatches(fromSymmetric(signed, pixelRange), { patchSize, height, width });
    return { image: images(patches), masked: images(seen), reconstruction: images(add(seen, painted)) };
  });
  const [examples] = inOrder(feed.batchSize, feed.batchSize);
  feed.load(examples);
  program.run();
  const rows: { label: string; images: Picture[] }[] = [];
  for (const label of program.outputNames) {
    rows.push({ label, images: picturesOf(await program.read(label) as Float32Array, set) });
  }
  program.dispose();
  feed.dispose();
  return {
    title: "Masked autoencoder: what it sees and what it paints",
    caption:
      "Top to bottom: images, the patches that the encoder sees, and the hidden ones as the decoder paints " +
      "them; visible patches are kept.",
    rows,
  };
}
