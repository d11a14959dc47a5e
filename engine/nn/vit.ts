/** Vision transformers for small images. */

import { add } from "../ops/arithmetic.ts";
import { concat } from "../ops/concat.ts";
import { fill } from "../ops/fill.ts";
import { linear } from "../ops/linear.ts";
import { patchify } from "../ops/patchify.ts";
import { reshape } from "../ops/reshape.ts";
import { split } from "../ops/split.ts";
import { formatShape } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fanAverageParameter } from "./fan_average.ts";
import { constantVector, normalParameter } from "./init.ts";
import { createLayerNorm } from "./layer_norm.ts";
import { joinState, type Stateful } from "./model.ts";
import { type PixelRange, toSymmetric, WHOLE_RANGE } from "./pixel_range.ts";
import { positionEmbedding } from "./position_embedding.ts";
import { createTransformerBlock } from "./transformer_block.ts";

/** Sizes of a vision transformer. */
export interface VitConfig {
  /** Of the images, in pixels. */
  readonly height: number;
  readonly width: number;
  /** P, height and width of the patches. */
  readonly patchSize: number;
  /** Length of the tokens; a multiple of 4 and of `heads`. */
  readonly dim: number;
  /** Number of blocks. */
  readonly depth: number;
  readonly heads: number;
  /** Width of the blocks' hidden layers, in multiples of `dim`. Default 4. */
  readonly mlpRatio?: number;
  /** C. Default 3. */
  readonly inputChannels?: number;
  /** Pixels that are stretched to [-1, 1]. Default [0, 1]. */
  readonly pixelRange?: PixelRange;
}

/** A vision transformer. Call its functions while a program is recorded. */
export interface Vit extends Stateful {
  /** T, the number of patches of an image. */
  readonly tokens: number;
  /** Length of a feature vector, dim. */
  readonly featureSize: number;
  /** Patches [B, T, P * P * C] of images [B, H, W, C] as they are. */
  patchify(images: Value): Tensor;
  /** Tokens [B, T, dim] of images with pixels in [0, 1]: linear in pixels stretched to [-1, 1], plus their positions. */
  embed(images: Value): Tensor;
  /** [B, 1 + K, dim] of any tokens [B, K, dim]: the class token in front, all blocks, and the last norm. */
  encode(tokens: Value): Tensor;
  /** [B, dim] of images with pixels in [0, 1]: the final class token. */
  features(images: Value): Tensor;
}

/**
 * Makes a vision transformer: patches, a linear embedding, fixed positions ({@linkcode positionEmbedding}; the class
 * token has none), a class token, blocks with the norms in front, and a last norm.
 *
 * Parameters carry the names of timm and MAE: `cls_token` [1, 1, dim], `patch_embed.proj` (exported in PyTorch's layout
 * [dim, C, P, P]), `blocks.0.norm1` ..., `norm`. Linear weights and the patch embedding start Xavier uniform, biases at
 * 0, `cls_token` normal with standard deviation 0.02, as in MAE. A parameter's values depend on its name and the seed
 * alone. Sources: Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929; He et al. 2021,
 * https://arxiv.org/abs/2111.06377, and its code. Departures: the bias of the patch embedding starts at 0, not as a
 * convolution's; `pos_embed` is a buffer, [T, dim], without a row for the class token.
 *
 * @throws {RangeError} If a size is not a whole number from 1 up, the patches do not divide the images, or the heads or
 * 4 do not divide `dim`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { vit } from "./vit.ts";
 *
 * const model = vit({ height: 32, width: 32, patchSize: 4, dim: 48, depth: 2, heads: 3 }, { seed: 0 });
 * const images = new Variable("images", f32(5, 32, 32, 3));
 * assertEquals(model.tokens, 64);
 * assertEquals(trace(() => model.features(images)).result.shape, [5, 48]);
 * ```
 */
export function vit(config: VitConfig, { seed }: { readonly seed: number }): Vit {
  checkVit(config);
  const {
    height,
    width,
    patchSize,
    dim,
    depth,
    heads,
    mlpRatio,
    inputChannels = 3,
    pixelRange = WHOLE_RANGE,
  } = config;
  const [rows, columns] = [height / patchSize, width / patchSize];
  const patchLength = patchSize * patchSize * inputChannels;
  const classToken = normalParameter("cls_token", { shape: [1, 1, dim], std: 0.02, seed });
  const weight = fanAverageParameter("patch_embed.proj.weight", {
    shape: [dim, patchSize, patchSize, inputChannels],
    fanIn: patchLength,
    fanOut: dim,
    seed,
  });
  const bias = constantVector("patch_embed.proj.bias", { size: dim, value: 0 });
  const blocks = Array.from(
    { length: depth },
    (_, n) => createTransformerBlock(`blocks.${n}`, { dim, heads, mlpRatio, seed }),
  );
  const norm = createLayerNorm("norm", { size: dim, eps: 1e-6 });
  const positions = positionEmbedding("pos_embed", { rows, columns, dim });
  const cut = (images: Value): Tensor => {
    const { shape } = images;
    if (shape.length !== 4 || shape[1] !== height || shape[2] !== width || shape[3] !== inputChannels) {
      throw new RangeError(
        `Cannot apply vision transformer: expected images [B, ${height}, ${width}, ${inputChannels}], got ${
          formatShape(shape)
        }`,
      );
    }
    return patchify(images, { patchSize });
  };
  const embed = (images: Value): Tensor => {
    const patches = cut(toSymmetric(images, pixelRange));
    return add(linear(patches, reshape(weight, [dim, patchLength]), bias), positions);
  };
  const encode = (tokens: Value): Tensor => {
    const first = add(fill([tokens.shape[0], 1, dim], 0), classToken);
    return norm.apply(blocks.reduce((x, block) => block.apply(x), concat([first, tokens], { axis: 1 })));
  };
  const tokens = rows * columns;
  return {
    ...joinState([{ parameters: [classToken, weight, bias], buffers: [positions] }, ...blocks, norm]),
    tokens,
    featureSize: dim,
    patchify: cut,
    embed,
    encode,
    features(images) {
      const [first] = split(encode(embed(images)), { sizes: [1, tokens], axis: 1 });
      return reshape(first, [images.shape[0], dim]);
    },
  };
}

/**
 * Checks a configuration of {@linkcode vit}.
 *
 * @throws {RangeError} If a size does not fit.
 */
export function checkVit(config: VitConfig): void {
  const { height, width, patchSize, dim, depth, heads, mlpRatio = 4, inputChannels = 3 } = config;
  const sizes = { height, width, patchSize, dim, depth, heads, inputChannels };
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size >= 1) continue;
    throw new RangeError(
      `Cannot make a vision transformer: ${name} must be a whole number from 1 up, got ${size}`,
    );
  }
  if (!(mlpRatio * dim >= 1)) {
    throw new RangeError(`Cannot make a vision transformer: mlpRatio must be positive, got ${mlpRatio}`);
  }
  if (height % patchSize !== 0 || width % patchSize !== 0) {
    throw new RangeError(
      `Cannot make a vision transformer: the patches do not divide the images, patches of ${patchSize} x ` +
        `${patchSize} and images of ${height} x ${width} pixels`,
    );
  }
  if (dim % heads !== 0 || dim % 4 !== 0) {
    const [what, by] = dim % heads !== 0 ? ["the heads do", `${heads} heads`] : ["4 does", "4 parts"];
    throw new RangeError(
      `Cannot make a vision transformer: ${what} not divide the dimension, ${by} and dimension ${dim}`,
    );
  }
}
