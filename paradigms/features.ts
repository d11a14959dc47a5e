/** Features of a whole set, extracted once from a frozen encoder in eval mode. */

import { Feed, inOrder } from "../datasets/feed.ts";
import type { ImageSet } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { Program } from "../engine/program/program.ts";
import type { Learner } from "./types.ts";

/** A compiled extraction; it follows the encoder's weights from one call to the next. */
export class FeatureExtractor {
  /** The set whose features are extracted. */
  readonly set: ImageSet;
  readonly #feed: Feed;
  readonly #program: Program;
  readonly #featureSize: number;

  private constructor(feed: Feed, program: Program, featureSize: number) {
    this.set = feed.set;
    this.#feed = feed;
    this.#program = program;
    this.#featureSize = featureSize;
  }

  /**
   * Compiles the extraction of the features of a set.
   *
   * @param options.batchSize Images at a time; changes no feature.
   */
  static async compile(
    gpu: Gpu,
    { learner, set, batchSize }: {
      learner: Pick<Learner, "features" | "featureSize">;
      set: ImageSet;
      batchSize: number;
    },
  ): Promise<FeatureExtractor> {
    const feed = new Feed(gpu, set, { batchSize: Math.min(batchSize, set.count) });
    const program = await Program.compile(
      gpu,
      "features",
      () => ({ features: learner.features(feed.images()) }),
    );
    return new FeatureExtractor(feed, program, learner.featureSize);
  }

  /**
   * Features [N, F] of the set's images, row-major.
   *
   * @param onProgress Called with the number of images done; throw from it to stop.
   */
  async extract(onProgress?: (done: number) => void): Promise<Float32Array> {
    const feed = this.#feed, { count } = feed.set, F = this.#featureSize;
    const all = new Float32Array(count * F);
    for (const examples of inOrder(count, feed.batchSize)) {
      feed.load(examples);
      this.#program.run();
      const found = await this.#program.read("features") as Float32Array;
      all.set(found.subarray(0, examples.length * F), examples[0] * F);
      onProgress?.(examples[0] + examples.length);
    }
    return all;
  }

  /** Frees its memory; the learner's stays. */
  dispose(): void {
    this.#program.dispose();
    this.#feed.dispose();
  }
}

/** Features [N, F] of a whole set, row-major. */
export async function extractFeatures(
  gpu: Gpu,
  options: Parameters<typeof FeatureExtractor.compile>[1] & { onProgress?: (done: number) => void },
): Promise<Float32Array> {
  const extractor = await FeatureExtractor.compile(gpu, options);
  try {
    return await extractor.extract(options.onProgress);
  } finally {
    extractor.dispose();
  }
}
