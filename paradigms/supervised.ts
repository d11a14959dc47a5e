/** Supervised learning: cross-entropy on the labels. */

import { logOdds } from "../attacks/losses/log_odds.ts";
import { createLinear } from "../engine/nn/linear.ts";
import { joinState } from "../engine/nn/model.ts";
import { correct } from "../engine/ops/correct.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { checkEncoder, createEncoder } from "./architectures/registry.ts";
import type { EncoderConfig } from "./architectures/types.ts";
import type { Paradigm } from "./types.ts";

/** Settings of {@linkcode supervised}. */
export interface SupervisedConfig {
  readonly encoder: EncoderConfig;
}

/** SL: an encoder and a linear layer, trained end to end. Its features are those before the linear layer. */
export const supervised: Paradigm<SupervisedConfig> = {
  check: ({ encoder }, shape) => checkEncoder(encoder, shape),
  create({ encoder: config }, { seed, height, width, classes }) {
    const encoder = createEncoder(config, { height, width, seed });
    const head = createLinear("linear", { inputs: encoder.featureSize, outputs: classes, seed });
    const scores = (images: Tensor, mode: "train" | "eval") => head.apply(encoder.features(images, { mode }));
    return {
      ...joinState([encoder, head]),
      featureSize: encoder.featureSize,
      loss(batch) {
        const logits = scores(batch.view(0), "train");
        return {
          loss: meanAll(crossEntropy(logits, batch.labels)),
          correct: correct(logits, batch.labels),
        };
      },
      exampleLoss(images, { labels }) {
        if (labels === null) {
          throw new RangeError("Cannot take the loss of images: cross-entropy needs labels");
        }
        return logOdds(scores(images, "eval"), labels);
      },
      projections: null,
      features: (images) => encoder.features(images, { mode: "eval" }),
      logits: (images) => scores(images, "eval"),
    };
  },
};
