/** The building block of DDPM's U-Net. */

import { add } from "../ops/arithmetic.ts";
import { dropout } from "../ops/dropout.ts";
import type { RandomSource } from "../ops/random_images.ts";
import { reshape } from "../ops/reshape.ts";
import { stream } from "../../common/random.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageConv2d, createFanAverageLinear } from "./fan_average.ts";
import { createGroupNorm } from "./group_norm.ts";
import { createImageAttention } from "./image_attention.ts";
import { joinState, type Stateful } from "./model.ts";

/** Sizes of a block. */
export interface UnetBlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Length of the time embedding. */
  readonly time: number;
  readonly groups: number;
  /** Rate of dropout, in [0, 1). */
  readonly dropout: number;
  /** Heads of the self-attention that follows; null for none. */
  readonly heads: number | null;
  readonly seed: number;
}

/** Arguments of a block. */
export interface UnetBlockCall {
  /** Embedded timesteps, [B, time], or [1, time] for all examples. */
  readonly time: Tensor;
  /** Of the dropout; absent in evaluation. */
  readonly random?: RandomSource;
}

/** A residual block with weights of its own. */
export interface UnetBlock extends Stateful {
  readonly outputs: number;
  /** [B, H, W, inputs] to [B, H, W, outputs]. */
  apply(x: Value, call: UnetBlockCall): Tensor;
}

/** TensorFlow's default, with which DDPM was trained. */
export const UNET_EPS = 1e-6;

/**
 * Makes a residual block: GroupNorm, SiLU, 3x3 convolution, plus a linear projection of the time embedding; GroupNorm,
 * SiLU, dropout, 3x3 convolution that starts at 0; plus the input, through a linear layer where the width changes; then
 * self-attention where asked for. Parameters `<name>.norm1`, `.conv1`, `.time`, `.norm2`, `.conv2`, `.shortcut`,
 * `.attention`.
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, appendix B, and `resnet_block` of its code.
 *
 * @throws {RangeError} If groups or heads do not divide the widths.
 */
export function createUnetBlock(name: string, options: UnetBlockOptions): UnetBlock {
  const { inputs, outputs, time, groups, dropout: rate, heads, seed } = options;
  const conv = { outputs, kernel: 3, padding: 1, seed };
  const norm1 = createGroupNorm(`${name}.norm1`, { channels: inputs, groups, eps: UNET_EPS });
  const conv1 = createFanAverageConv2d(`${name}.conv1`, { inputs, ...conv });
  const project = createFanAverageLinear(`${name}.time`, { inputs: time, outputs, seed });
  const norm2 = createGroupNorm(`${name}.norm2`, { channels: outputs, groups, eps: UNET_EPS });
  const conv2 = createFanAverageConv2d(`${name}.conv2`, { inputs: outputs, ...conv, zero: true });
  const shortcut = inputs === outputs
    ? null
    : createFanAverageLinear(`${name}.shortcut`, { inputs, outputs, seed });
  const attention = heads === null
    ? null
    : createImageAttention(`${name}.attention`, { channels: outputs, heads, groups, eps: UNET_EPS, seed });
  const parts = [norm1, conv1, project, norm2, conv2, shortcut, attention];
  return {
    ...joinState(parts.filter((part) => part !== null)),
    outputs,
    apply(x, { time, random }) {
      const about = reshape(project.apply(time), [time.shape[0], 1, 1, outputs]);
      let h = add(conv1.apply(norm1.apply(x, { silu: true })), about);
      h = norm2.apply(h, { silu: true });
      if (random !== undefined) h = dropout(h, { rate, random: within(random, name) });
      h = add(shortcut === null ? x : shortcut.apply(x), conv2.apply(h));
      return attention === null ? h : attention.apply(h);
    },
  };
}

/** A source of its own for each block, or all would drop the same elements. */
function within(random: RandomSource, name: string): RandomSource {
  return { ...random, stream: stream(random.stream.seed, `${random.stream.purpose}/${name}`) };
}
