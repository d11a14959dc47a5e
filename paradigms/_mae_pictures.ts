/** What a masked autoencoder sees and paints. */

import { Feed, inOrder } from "../datasets/feed.ts";
import type { Gpu } from "../engine/device.ts";
import type { RandomSource } from "../engine/ops/random_images.ts";
import { Program } from "../engine/program.ts";
import { stream } from "../engine/random.ts";
import type { Tensor } from "../engine/tensor.ts";
import { pixelsOfTargets } from "./_patch_targets.ts";
import type { Picture, PictureOptions, Pictures } from "./types.ts";

/** What a masked autoencoder makes of images [B, H, W, 3]. */
export type Reconstruct = (images: Tensor, random: RandomSource) => {
  /** True pixels in [-1, 1], [B, T, P]; within a patch row by row, a pixel's colours together. */
  readonly patches: Tensor;
  /** [B, T, P]. */
  readonly predictions: Tensor;
  /** 1 where a patch is hidden, [B, T, 1]. */
  readonly mask: Tensor;
};

/** What the pictures show. */
export interface MaePictureOptions extends PictureOptions {
  readonly reconstruct: Reconstruct;
  readonly patchSize: number;
  /** Whether predictions are of normalised patches. */
  readonly normalise: boolean;
}

/** The first images of a set, what is left of them when patches are hidden, and the same with these painted. */
export async function maePictures(gpu: Gpu, options: MaePictureOptions): Promise<Pictures> {
  const { set, seed, reconstruct, normalise } = options;
  const feed = new Feed(gpu, set, { batchSize: Math.min(options.count, set.count) });
  const program = await Program.compile(gpu, "mae pictures", () => {
    const random = { examples: feed.examples, step: feed.epoch, stream: stream(seed, "pictures/mask") };
    const { patches, predictions, mask } = reconstruct(feed.images(), random);
    return { patches, painted: pixelsOfTargets(predictions, { patches, normalise }), mask };
  });
  const [examples] = inOrder(feed.batchSize, feed.batchSize);
  feed.load(examples);
  program.run();
  const [patches, painted, mask] = await Promise.all(
    ["patches", "painted", "mask"].map((name) => program.read(name) as Promise<Float32Array>),
  );
  program.dispose();
  feed.dispose();
  const size = 3 * options.patchSize ** 2;
  const hidden = (i: number) => mask[Math.floor(i / size)] === 1;
  const row = (label: string, values: Float32Array) => ({ label, images: assemble(values, options) });
  return {
    title: "Masked autoencoder: what it sees and what it paints",
    caption:
      "Top to bottom: images, the patches that the encoder sees, and the hidden ones as the decoder paints " +
      "them; visible patches are kept.",
    rows: [
      row("image", patches),
      row("masked", patches.map((v, i) => hidden(i) ? 0 : v)),
      row("reconstruction", patches.map((v, i) => hidden(i) ? painted[i] : v)),
    ],
  };
}

/** Images in [0, 1] from patches in [-1, 1]. */
function assemble(values: Float32Array, { set, patchSize }: MaePictureOptions): Picture[] {
  const { height, width } = set, size = 3 * height * width, columns = width / patchSize;
  return Array.from({ length: values.length / size }, (_, b) => {
    const pixels = new Float32Array(size);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const patch = Math.floor(y / patchSize) * columns + Math.floor(x / patchSize);
        const within = (y % patchSize) * patchSize + x % patchSize;
        for (let c = 0; c < 3; c++) {
          const value = values[b * size + (patch * patchSize ** 2 + within) * 3 + c];
          pixels[(y * width + x) * 3 + c] = (value + 1) / 2;
        }
      }
    }
    return { height, width, pixels };
  });
}
