/** Self-attention between tokens. */

import { attention } from "../ops/attention.ts";
import { split } from "../ops/split.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageLinear } from "./fan_average.ts";
import { joinState, type Stateful } from "./model.ts";

/** Sizes of a self-attention layer. */
export interface SelfAttentionOptions {
  /** Length of the tokens. */
  readonly dim: number;
  /** Each has `dim / heads` features. */
  readonly heads: number;
  readonly seed: number;
}

/** A self-attention layer with weights of its own. */
export interface SelfAttention extends Stateful {
  /** [B, T, dim] to the same shape. */
  apply(x: Value): Tensor;
}

/**
 * Makes a self-attention layer: queries, keys and values by one linear layer `<name>.qkv` ([3 dim, dim], in this
 * order), {@linkcode attention}, and a linear layer `<name>.proj`. Weights start Xavier uniform, biases at 0.
 * Source: `Attention` of timm, https://github.com/huggingface/pytorch-image-models.
 *
 * @throws {RangeError} If the heads do not divide `dim`.
 */
export function createSelfAttention(name: string, { dim, heads, seed }: SelfAttentionOptions): SelfAttention {
  if (!Number.isSafeInteger(heads) || heads < 1 || dim % heads !== 0) {
    throw new RangeError(
      `Cannot make "${name}": the heads do not divide the dimension, ${heads} heads and dimension ${dim}`,
    );
  }
  const qkv = createFanAverageLinear(`${name}.qkv`, { inputs: dim, outputs: 3 * dim, seed });
  const projection = createFanAverageLinear(`${name}.proj`, { inputs: dim, outputs: dim, seed });
  return {
    ...joinState([qkv, projection]),
    apply(x) {
      const [q, k, v] = split(qkv.apply(x), { sizes: [dim, dim, dim], axis: 2 });
      return projection.apply(attention(q, k, v, { heads }));
    },
  };
}
