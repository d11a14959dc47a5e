/** A block of a vision transformer. */

import { add } from "../ops/arithmetic.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createLayerNorm } from "./layer_norm.ts";
import { createMlp } from "./mlp.ts";
import { joinState, type Stateful } from "./model.ts";
import { createSelfAttention } from "./self_attention.ts";

/** Sizes of a transformer block. */
export interface TransformerBlockOptions {
  /** Length of the tokens. */
  readonly dim: number;
  readonly heads: number;
  /** Width of the hidden layer, in multiples of `dim`. Default 4. */
  readonly mlpRatio?: number;
  /** Added to the variances of the LayerNorms. Default 1e-6, as in vision transformers. */
  readonly eps?: number;
  readonly seed: number;
}

/** A transformer block with weights of its own. */
export interface TransformerBlock extends Stateful {
  /** [B, T, dim] to the same shape. */
  apply(x: Value): Tensor;
}

/**
 * Makes a block with the norms in front: y = x + attn(norm1(x)), then y + mlp(norm2(y)); parts `<name>.norm1`,
 * `<name>.attn`, `<name>.norm2` and `<name>.mlp`. Source: Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929,
 * equations 2 and 3; names as in timm.
 *
 * @throws {RangeError} If the heads do not divide `dim`.
 */
export function createTransformerBlock(name: string, options: TransformerBlockOptions): TransformerBlock {
  const { dim, heads, mlpRatio = 4, eps = 1e-6, seed } = options;
  const norm1 = createLayerNorm(`${name}.norm1`, { size: dim, eps });
  const attn = createSelfAttention(`${name}.attn`, { dim, heads, seed });
  const norm2 = createLayerNorm(`${name}.norm2`, { size: dim, eps });
  const mlp = createMlp(`${name}.mlp`, { dim, hidden: Math.round(dim * mlpRatio), seed });
  return {
    ...joinState([norm1, attn, norm2, mlp]),
    apply(x) {
      const y = add(x, attn.apply(norm1.apply(x)));
      return add(y, mlp.apply(norm2.apply(y)));
    },
  };
}
