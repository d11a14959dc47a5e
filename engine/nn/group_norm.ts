/** The GroupNorm layer. */

import { groupNorm } from "../ops/group_norm.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { constantVector } from "./init.ts";
import type { Stateful } from "./model.ts";

/** Settings of a GroupNorm layer. */
export interface GroupNormLayerOptions {
  readonly channels: number;
  /** Divides the channels. */
  readonly groups: number;
  /** Added to the variance. Default 1e-5, as in PyTorch. */
  readonly eps?: number;
}

/** A GroupNorm with parameters of its own; the same in training and evaluation. */
export interface GroupNorm extends Stateful {
  /** [B, ..., C] to the same shape; with `silu` (default false) SiLU follows, at no extra cost. */
  apply(x: Value, call?: { readonly silu?: boolean }): Tensor;
}

/**
 * Makes a GroupNorm layer: parameters `<name>.weight` (starts at 1) and `<name>.bias` (0).
 *
 * @throws {RangeError} If the groups do not divide the channels.
 */
export function createGroupNorm(name: string, options: GroupNormLayerOptions): GroupNorm {
  const { channels, groups, eps } = options;
  if (!Number.isSafeInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new RangeError(
      `Cannot make "${name}": the groups do not divide the channels, ${groups} groups and ${channels} channels`,
    );
  }
  const gamma = constantVector(`${name}.weight`, { size: channels, value: 1 });
  const beta = constantVector(`${name}.bias`, { size: channels, value: 0 });
  return {
    parameters: [gamma, beta],
    buffers: [],
    apply: (x, { silu = false } = {}) => groupNorm(x, gamma, { beta, groups, eps, silu }),
  };
}
