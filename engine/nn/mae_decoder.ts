/** The light decoder of a masked autoencoder. */

import { add } from "../ops/arithmetic.ts";
import { concat } from "../ops/concat.ts";
import { scatterTokens } from "../ops/scatter_tokens.ts";
import { split } from "../ops/split.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageLinear } from "./fan_average.ts";
import { normalParameter } from "./init.ts";
import { createLayerNorm } from "./layer_norm.ts";
import { joinState, type Stateful } from "./model.ts";
import { positionEmbedding } from "./position_embedding.ts";
import { createTransformerBlock } from "./transformer_block.ts";

/** Sizes of a decoder. */
export interface MaeDecoderOptions {
  /** Length of the encoder's tokens. */
  readonly encoderDim: number;
  /** Length of the decoder's own tokens; a multiple of `heads` and of 4. */
  readonly dim: number;
  /** Transformer blocks. */
  readonly depth: number;
  readonly heads: number;
  /** Width of a block's hidden layer, in multiples of `dim`. */
  readonly mlpRatio: number;
  /** Patches down and across an image; T = rows * columns. */
  readonly rows: number;
  readonly columns: number;
  /** P, the numbers that are predicted for each patch. */
  readonly outputs: number;
  readonly seed: number;
}

/** A decoder with weights of its own. */
export interface MaeDecoder extends Stateful {
  /**
   * Predicts every patch from the visible ones.
   *
   * @param encoded [B, 1 + K, encoderDim], the class token first.
   * @param visible u32 [B, K], the places of the K tokens.
   * @returns [B, T, outputs].
   */
  apply(encoded: Value, visible: Value): Tensor;
}

/**
 * Makes the decoder of MAE (He et al., CVPR 2022, https://arxiv.org/abs/2111.06377), under the names of its published
 * code: tokens are projected (`decoder_embed`), put at their places among copies of `mask_token`, given fixed sine and
 * cosine positions, sent through `decoder_blocks` and `decoder_norm`, and projected to pixels (`decoder_pred`). Linear
 * weights start Xavier uniform, biases at 0, `mask_token` normal with standard deviation 0.02, as there. The positions
 * are not a parameter.
 *
 * @throws {RangeError} If `dim` is not a multiple of `heads` or of 4.
 */
export function createMaeDecoder(options: MaeDecoderOptions): MaeDecoder {
  const { encoderDim, dim, depth, heads, mlpRatio, rows, columns, outputs, seed } = options;
  const embed = createFanAverageLinear("decoder_embed", { inputs: encoderDim, outputs: dim, seed });
  const maskToken = normalParameter("mask_token", { shape: [1, 1, dim], std: 0.02, seed });
  const positions = positionEmbedding("decoder_pos_embed", { rows, columns, dim });
  const blocks = Array.from(
    { length: depth },
    (_, n) => createTransformerBlock(`decoder_blocks.${n}`, { dim, heads, mlpRatio, seed }),
  );
  const norm = createLayerNorm("decoder_norm", { size: dim, eps: 1e-6 });
  const predict = createFanAverageLinear("decoder_pred", { inputs: dim, outputs, seed });
  const tokens = rows * columns;
  return {
    ...joinState([{ parameters: [maskToken], buffers: [positions] }, embed, ...blocks, norm, predict]),
    apply(encoded, visible) {
      const sizes = [1, visible.shape[1]];
      const [classToken, seen] = split(embed.apply(encoded), { sizes, axis: 1 });
      const placed = scatterTokens(seen, { index: visible, tokens, fill: maskToken });
      let x = concat([classToken, add(placed, positions)], { axis: 1 });
      for (const block of blocks) x = block.apply(x);
      const [, patches] = split(x, { sizes: [1, tokens], axis: 1 });
      return predict.apply(norm.apply(patches));
    },
  };
}
