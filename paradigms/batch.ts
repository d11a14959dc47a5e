/** The batch that a training program sees, made of what its feed holds. */

import { augment, type AugmentationConfig } from "../datasets/augment.ts";
import type { Feed } from "../datasets/feed.ts";
import { stream } from "../common/random.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import type { Batch } from "./types.ts";

/** Options of a drawn batch. */
export interface DrawnBatchOptions {
  readonly augmentation: AugmentationConfig;
  readonly seed: number;
  /** Takes the place of view 0: the attacked images of adversarial training. */
  readonly attacked?: Tensor;
}

/**
 * Records the feed's batch. Each view draws its augmentation from streams of its own; crops and flips of a view
 * without other steps cost nothing but decoding.
 */
export function batchOf(feed: Feed, { augmentation, seed, attacked }: DrawnBatchOptions): Batch {
  let images: Tensor | undefined;
  const stored = () => images ??= feed.images();
  const draw = (number: number): Tensor => {
    const purpose = number === 0 ? "augmentation" : `augmentation ${number}`;
    const { cropPadding, flip, ...others } = augmentation;
    const { resizedCrop, jitter, greyscale, blur } = others;
    if (resizedCrop === null && jitter === null && greyscale === 0 && blur === null) {
      return feed.images({ cropPadding, flip, stream: stream(seed, purpose) });
    }
    return augment(stored(), augmentation, {
      examples: feed.examples,
      step: feed.epoch,
      stream: (step) => stream(seed, `${purpose}/${step}`),
    });
  };
  return {
    get images() {
      return stored();
    },
    labels: feed.labels,
    view: (number) => number === 0 && attacked !== undefined ? attacked : draw(number),
    random: (purpose) => ({
      examples: feed.examples,
      step: feed.epoch,
      stream: stream(seed, `training/${purpose}`),
    }),
  };
}
