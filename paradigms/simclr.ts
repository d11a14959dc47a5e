/** Contrastive learning: two views of an image are to be found among those of all others. */

import { createProjector } from "../engine/nn/projector.ts";
import { joinState } from "../engine/nn/model.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { concat } from "../engine/ops/concat.ts";
import { l2Normalize } from "../engine/ops/l2_normalize.ts";
import { checkNtXent, ntXent } from "../engine/ops/nt_xent.ts";
import { split } from "../engine/ops/split.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { contrast } from "./_contrast.ts";
import { checkEncoder, createEncoder } from "./architectures/registry.ts";
import type { EncoderConfig } from "./architectures/types.ts";
import type { Paradigm } from "./types.ts";

/** Settings of {@linkcode simclr}. The augmentation that makes the views is a setting of the training. */
export interface SimclrConfig {
  readonly encoder: EncoderConfig;
  /** Hidden width and length of the projections that the loss compares. */
  readonly projector: readonly [hidden: number, outputs: number];
  /** Divides cosine similarities. */
  readonly temperature: number;
}

/**
 * CL: SimCLR. An encoder and a projector, trained with NT-Xent on two augmented views of each image; both views pass in one
 * batch, so that BatchNorm sees them together. The projector is dropped afterwards: features are
 * those before it. Source: Chen et al. 2020, https://arxiv.org/abs/2002.05709, algorithm 1.
 */
export const simclr: Paradigm<SimclrConfig> = {
  check({ encoder, projector, temperature }, { batchSize, height, width }) {
    checkEncoder(encoder, { height, width });
    checkProjector(projector);
    checkNtXent({ batchSize, temperature });
  },
  create({ encoder: config, projector: [hidden, outputs], temperature }, { seed, height, width }) {
    const encoder = createEncoder(config, { height, width, seed });
    const projector = createProjector("projector", { inputs: encoder.featureSize, hidden, outputs, seed });
    const project = (images: Tensor) =>
      l2Normalize(projector.apply(encoder.features(images, { mode: "eval" })));
    return {
      ...joinState([encoder, projector]),
      featureSize: encoder.featureSize,
      loss(batch) {
        const views = [batch.view(0), batch.view(1)];
        const features = encoder.features(concat(views, { axis: 0 }), { mode: "train" });
        const sizes = views.map(({ shape }) => shape[0]);
        const [z0, z1] = split(projector.apply(features), { sizes, axis: 0 });
        return { loss: ntXent(z0, z1, { temperature }), correct: null };
      },
      exampleLoss(images, { origin, negatives }) {
        if (negatives === null) {
          throw new RangeError("Cannot take the loss of images: NT-Xent needs projections of other images");
        }
        const z = project(images), positives = project(asTensor(origin));
        return contrast(z, { positives, negatives, temperature });
      },
      projections: { size: outputs, of: project },
      features: (images) => encoder.features(images, { mode: "eval" }),
      logits: null,
    };
  },
};

function checkProjector(widths: SimclrConfig["projector"]): void {
  if (widths.length === 2 && widths.every((width) => Number.isSafeInteger(width) && width > 0)) return;
  throw new RangeError(
    `Cannot make the projector: its widths must be two whole numbers from 1 up, got ${widths.join(", ")}`,
  );
}
