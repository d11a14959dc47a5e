/** Supervised learning: cross-entropy on the labels. */

import { logOdds } from "../attacks/losses/log_odds.ts";
import { checkResnet, resnet, type ResnetConfig } from "../engine/nn/resnet.ts";
import { correct } from "../engine/ops/correct.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import type { Paradigm } from "./types.ts";

/** Settings of {@linkcode supervised}. */
export interface SupervisedConfig {
  readonly encoder: Omit<ResnetConfig, "classes">;
}

/** SL: a ResNet trained end to end. Its features are the globally pooled ones before the last layer. */
export const supervised: Paradigm<SupervisedConfig> = {
  name: "sl",
  method: "cross-entropy",
  check: ({ encoder }, { classes }) => checkResnet({ ...encoder, classes }),
  create({ encoder }, { seed, classes }) {
    const model = resnet({ ...encoder, classes }, { seed });
    return {
      parameters: model.parameters,
      buffers: model.buffers,
      featureSize: model.featureSize,
      loss(batch) {
        const logits = model.logits(batch.view(0), { mode: "train" });
        return {
          loss: meanAll(crossEntropy(logits, batch.labels)),
          correct: correct(logits, batch.labels),
        };
      },
      exampleLoss(images, { labels }) {
        if (labels === null) {
          throw new RangeError("Cannot take the loss of images: cross-entropy needs labels");
        }
        return logOdds(model.logits(images, { mode: "eval" }), labels);
      },
      projections: null,
      features: (images) => model.features(images, { mode: "eval" }),
      logits: (images) => model.logits(images, { mode: "eval" }),
    };
  },
};
