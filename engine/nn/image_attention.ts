/** Self-attention between the positions of an image. */

import { add } from "../ops/arithmetic.ts";
import { attention } from "../ops/attention.ts";
import { reshape } from "../ops/reshape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageLinear } from "./fan_average.ts";
import { createGroupNorm } from "./group_norm.ts";
import { joinState, type Stateful } from "./model.ts";

/** Sizes of a self-attention layer on images. */
export interface ImageAttentionOptions {
  readonly channels: number;
  readonly heads: number;
  readonly groups: number;
  readonly eps?: number;
  readonly seed: number;
}

/** A self-attention layer with weights of its own. */
export interface ImageAttention extends Stateful {
  /** [B, H, W, C] to the same shape. */
  apply(x: Value): Tensor;
}

/**
 * Makes x + projection(attention(q, k, v)) with q, k and v linear in GroupNorm(x), every position a token. The
 * projection starts at 0. Parameters `<name>.norm`, `.q`, `.k`, `.v`, `.projection`.
 * Source: `attn_block` of DDPM's code, https://github.com/hojonathanho/diffusion, which has one head.
 *
 * @throws {RangeError} If heads or groups do not divide the channels.
 */
export function createImageAttention(name: string, options: ImageAttentionOptions): ImageAttention {
  const { channels, heads, groups, eps, seed } = options;
  if (!Number.isSafeInteger(heads) || heads < 1 || channels % heads !== 0) {
    throw new RangeError(
      `Cannot make "${name}": the heads do not divide the channels, ${heads} heads and ${channels} channels`,
    );
  }
  const norm = createGroupNorm(`${name}.norm`, { channels, groups, eps });
  const sizes = { inputs: channels, outputs: channels, seed };
  const [q, k, v] = ["q", "k", "v"].map((part) => createFanAverageLinear(`${name}.${part}`, sizes));
  const projection = createFanAverageLinear(`${name}.projection`, { ...sizes, zero: true });
  return {
    ...joinState([norm, q, k, v, projection]),
    apply(x) {
      const [b, h, w] = x.shape;
      const tokens = reshape(norm.apply(x), [b, h * w, channels]);
      const found = projection.apply(attention(q.apply(tokens), k.apply(tokens), v.apply(tokens), { heads }));
      return add(x, reshape(found, x.shape));
    },
  };
}
