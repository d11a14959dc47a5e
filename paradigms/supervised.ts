/** Supervised learning: cross-entropy on the labels. */

import { resnet, type ResnetConfig } from "../engine/nn/resnet.ts";
import { correct } from "../engine/ops/correct.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import type { Paradigm } from "./types.ts";

/** SL: a ResNet trained end to end. Its features are the globally pooled ones before the last layer. */
export const supervised: Paradigm<ResnetConfig> = {
  name: "sl",
  create(config, { seed }) {
    const model = resnet(config, { seed });
    return {
      parameters: model.parameters,
      buffers: model.buffers,
      featureSize: model.featureSize,
      loss({ images, labels }) {
        const logits = model.logits(images, { mode: "train" });
        return { loss: meanAll(crossEntropy(logits, labels)), correct: correct(logits, labels) };
      },
      features: (images) => model.features(images, { mode: "eval" }),
      logits: (images) => model.logits(images, { mode: "eval" }),
    };
  },
};
