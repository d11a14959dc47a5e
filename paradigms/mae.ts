/** Masked image modelling: an encoder that sees a few patches of each image, from which a decoder paints the others. */

import { createMaeDecoder } from "../engine/nn/mae_decoder.ts";
import { joinState } from "../engine/nn/model.ts";
import { toSymmetric } from "../engine/nn/pixel_range.ts";
import { vit } from "../engine/nn/vit.ts";
import { mul, scale, square, sub } from "../engine/ops/arithmetic.ts";
import { gatherTokens } from "../engine/ops/gather_tokens.ts";
import { maskedMse } from "../engine/ops/masked_mse.ts";
import { patchify } from "../engine/ops/patchify.ts";
import { randomOrder } from "../engine/ops/random_order.ts";
import { reduceMean, reduceSum } from "../engine/ops/reduce_sum.ts";
import { reshape } from "../engine/ops/reshape.ts";
import { absentTokens } from "../engine/ops/scatter_tokens.ts";
import { split } from "../engine/ops/split.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { checkMae, type MaeConfig, visiblePatches } from "./_mae_config.ts";
import { maePictures, type Reconstruct } from "./_mae_pictures.ts";
import { patchTargets } from "./_patch_targets.ts";
import type { Paradigm } from "./types.ts";

export type { MaeConfig } from "./_mae_config.ts";

/**
 * MIM: MAE (He et al., CVPR 2022, https://arxiv.org/abs/2111.06377). A Vision Transformer encodes a random part of each
 * image's patches; a light decoder predicts the pixels of the rest, on which alone the loss is taken. Another part is
 * drawn for each example in each epoch.
 */
export const mae: Paradigm<MaeConfig> = {
  check: checkMae,
  create(config, { seed, height, width }) {
    const { patchSize, dim, depth, heads, mlpRatio, normalisePixels, pixelRange } = config;
    const encoder = vit({ height, width, patchSize, dim, depth, heads, mlpRatio, pixelRange }, { seed });
    const decoder = createMaeDecoder({
      encoderDim: dim,
      dim: config.decoderDim,
      depth: config.decoderDepth,
      heads: config.decoderHeads,
      mlpRatio,
      rows: height / patchSize,
      columns: width / patchSize,
      outputs: 3 * patchSize ** 2,
      seed,
    });
    const kept = visiblePatches(encoder.tokens, config.maskRatio);

    const reconstruct: Reconstruct = (images, random) => {
      const visible = randomOrder({ count: encoder.tokens, take: kept, random });
      const encoded = encoder.encode(gatherTokens(encoder.embed(images), visible));
      return {
        patches: patchify(toSymmetric(images, pixelRange), { patchSize }),
        predictions: decoder.apply(encoded, visible),
        mask: absentTokens(visible, { tokens: encoder.tokens }),
      };
    };

    return {
      ...joinState([encoder, decoder]),
      featureSize: dim,
      loss(batch) {
        const { patches, predictions, mask } = reconstruct(batch.view(0), batch.random("mask"));
        const targets = patchTargets(patches, { normalise: normalisePixels });
        return { loss: maskedMse(predictions, targets, { mask }), correct: null };
      },
      exampleLoss(images, { origin, random }) {
        const { predictions, mask } = reconstruct(images, random("mask"));
        const patches = patchify(toSymmetric(origin, pixelRange), { patchSize });
        const errors = square(sub(predictions, patchTargets(patches, { normalise: normalisePixels })));
        const sums = reduceSum(mul(reduceMean(errors, { from: 2 }), mask), { from: 1 });
        return reshape(scale(sums, 1 / (encoder.tokens - kept)), [images.shape[0], 1]);
      },
      projections: null,
      features: (images) => pool(encoder.encode(encoder.embed(images)), config.pooling),
      logits: null,
      pictures: (gpu, options) =>
        maePictures(gpu, { ...options, reconstruct, patchSize, pixelRange, normalise: normalisePixels }),
    };
  },
};

/** [B, D] from encoded tokens [B, 1 + T, D]: the class token, or the mean of the others. */
function pool(encoded: Tensor, pooling: MaeConfig["pooling"]): Tensor {
  const [batch, tokens, dim] = encoded.shape;
  const [classToken, patches] = split(encoded, { sizes: [1, tokens - 1], axis: 1 });
  return reshape(pooling === "cls" ? classToken : reduceMean(patches, { from: 1, to: 2 }), [batch, dim]);
}
