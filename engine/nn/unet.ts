/** DDPM's U-Net. */

import { concat } from "../ops/concat.ts";
import type { RandomSource } from "../ops/random_images.ts";
import { upsampleNearest2x } from "../ops/upsample_nearest2x.ts";
import { formatShape } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageConv2d } from "./fan_average.ts";
import { createGroupNorm } from "./group_norm.ts";
import { joinState, type Stateful } from "./model.ts";
import { createTimeEmbedding } from "./time_embedding.ts";
import { createUnetBlock, UNET_EPS, type UnetBlock, type UnetBlockCall } from "./unet_block.ts";
import { checkUnet, unetBlockNames } from "./unet_check.ts";

/** Sizes of a U-Net. */
export interface UnetConfig {
  /** Of the images, in pixels; halved from level to level. */
  readonly height: number;
  readonly width: number;
  /** Of the images. */
  readonly channels: number;
  /** Width of the first convolution. */
  readonly base: number;
  /** Width of each level in multiples of `base`. */
  readonly multipliers: readonly number[];
  /** Residual blocks of each level on the way down; one more on the way up. */
  readonly blocks: number;
  /** Levels, from 0, whose blocks are followed by self-attention. */
  readonly attentionLevels: readonly number[];
  /** Of the self-attention. DDPM has one. */
  readonly heads: number;
  /** Rate of dropout in training, in [0, 1). */
  readonly dropout: number;
  /** Groups of GroupNorm; divide all widths. */
  readonly groups: number;
}

/** Arguments of a U-Net. */
export interface UnetCall {
  /** Timesteps, u32 [B], or [1] for all examples. */
  readonly t: Value;
  /** Of the dropout; absent in evaluation. */
  readonly random?: RandomSource;
}

/** A U-Net. Call its functions while a program is recorded. */
export interface Unet extends Stateful {
  /** `in_1` ... on the way down, `mid`, `out_1` ... on the way up: one for each residual block, attention included. */
  readonly blockNames: readonly string[];
  /** Channels of each block's output. */
  readonly blockWidths: Readonly<Record<string, number>>;
  /** [B, H, W, C] to the same shape. */
  predict(x: Value, call: UnetCall): Tensor;
  /**
   * The output [B, h, w, c] of one block, in evaluation; nothing after it is computed.
   *
   * @throws {RangeError} If there is no such block.
   */
  block(x: Value, call: { readonly t: Value; readonly name: string }): Tensor;
}

/** One layer between the first and the last. */
interface Stage extends Stateful {
  readonly name: string;
  readonly place: "down" | "middle" | "up";
  readonly kind: "block" | "resample";
  readonly outputs: number;
  apply(x: Tensor, call: UnetBlockCall): Tensor;
}

/**
 * Makes DDPM's U-Net: a 3x3 convolution; levels of residual blocks; all levels but the last end in a convolution of
 * stride 2; a middle of block, self-attention, block; the levels in reverse with one block more, each of which also
 * takes the output of its counterpart on the way down; all levels but the first end in upsampling and a convolution;
 * GroupNorm, SiLU and a convolution that starts at 0.
 *
 * Blocks are named as DDAE names the decoder's, https://arxiv.org/abs/2303.09769: `out_6` of two blocks a level and
 * four levels is the last at a quarter of the size. A parameter's values depend on its name and the seed alone.
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, appendix B. Departures: halving pads all sides by 1, not
 * only right and bottom; layers that start near 0 there (1e-10) start at 0.
 *
 * @throws {RangeError} If the sizes do not fit together.
 */
export function unet(config: UnetConfig, { seed }: { readonly seed: number }): Unet {
  checkUnet(config);
  const { height, width, channels, base, groups } = config;
  const time = createTimeEmbedding("time", { base, seed });
  const stem = createFanAverageConv2d("stem", {
    inputs: channels,
    outputs: base,
    kernel: 3,
    padding: 1,
    seed,
  });
  const stages = makeStages(config, { time: time.outputs, seed });
  const last = stages[stages.length - 1].outputs;
  const norm = createGroupNorm("norm", { channels: last, groups, eps: UNET_EPS });
  const conv = { kernel: 3, padding: 1, seed, zero: true };
  const head = createFanAverageConv2d("head", { inputs: last, outputs: channels, ...conv });
  const named = stages.filter(({ kind }) => kind === "block");
  const blockNames = unetBlockNames(config);

  function run(x: Value, { t, random, until }: UnetCall & { until?: string }): Tensor {
    const { shape } = x;
    if (shape.length !== 4 || shape[1] !== height || shape[2] !== width || shape[3] !== channels) {
      throw new RangeError(
        `Cannot apply U-Net: expected images [B, ${height}, ${width}, ${channels}], got ${
          formatShape(shape)
        }`,
      );
    }
    const call = { time: time.apply(t), random };
    let h = stem.apply(x);
    const skips = [h];
    for (const { name, place, kind, apply } of stages) {
      h = apply(place === "up" && kind === "block" ? concat([h, skips.pop()!], { axis: 3 }) : h, call);
      if (place === "down") skips.push(h);
      if (name === until) break;
    }
    return h;
  }

  return {
    ...joinState([time, stem, ...stages, norm, head]),
    blockNames,
    blockWidths: Object.fromEntries(named.map(({ name, outputs }) => [name, outputs])),
    predict: (x, call) => head.apply(norm.apply(run(x, call), { silu: true })),
    block(x, { t, name }) {
      if (blockNames.includes(name)) return run(x, { t, until: name });
      throw new RangeError(
        `Cannot take features: the U-Net has no block "${name}", its blocks are ${blockNames.join(", ")}`,
      );
    },
  };
}

function makeStages(config: UnetConfig, { time, seed }: { time: number; seed: number }): Stage[] {
  const { base, multipliers, blocks, attentionLevels, heads, dropout, groups } = config;
  const stages: Stage[] = [], skips = [base];
  const lowest = multipliers.length - 1;
  const block = (
    name: string,
    { inputs, outputs, level }: { inputs: number; outputs: number; level: number },
  ) =>
    createUnetBlock(name, {
      inputs,
      outputs,
      time,
      groups,
      dropout,
      heads: attentionLevels.includes(level) ? heads : null,
      seed,
    });
  const conv = (name: string, { width, stride }: { width: number; stride: number }) =>
    createFanAverageConv2d(name, { inputs: width, outputs: width, kernel: 3, stride, padding: 1, seed });
  let channels = base, number = 0;
  multipliers.forEach((multiplier, level) => {
    const outputs = base * multiplier;
    for (let i = 0; i < blocks; i++) {
      const name = `in_${++number}`;
      stages.push({
        name,
        place: "down",
        kind: "block",
        ...block(name, { inputs: channels, outputs, level }),
      });
      skips.push(channels = outputs);
    }
    if (level === lowest) return;
    const name = `down_${level + 1}`, layer = conv(name, { width: outputs, stride: 2 });
    stages.push({ name, place: "down", kind: "resample", outputs, ...layer, apply: (x) => layer.apply(x) });
    skips.push(outputs);
  });
  stages.push({ name: "mid", place: "middle", kind: "block", ...middle(config, { channels, time, seed }) });
  number = 0;
  for (let level = lowest; level >= 0; level--) {
    const outputs = base * multipliers[level];
    for (let i = 0; i <= blocks; i++) {
      const name = `out_${++number}`, inputs = channels + skips.pop()!;
      stages.push({ name, place: "up", kind: "block", ...block(name, { inputs, outputs, level }) });
      channels = outputs;
    }
    if (level === 0) break;
    const name = `up_${level}`, layer = conv(name, { width: outputs, stride: 1 });
    const apply = (x: Tensor) => layer.apply(upsampleNearest2x(x));
    stages.push({ name, place: "up", kind: "resample", outputs, ...layer, apply });
  }
  return stages;
}

/** Block with self-attention, block: one stage. */
function middle(
  { heads, dropout, groups }: UnetConfig,
  { channels, time, seed }: { channels: number; time: number; seed: number },
): UnetBlock {
  const options = { inputs: channels, outputs: channels, time, groups, dropout, seed };
  const first = createUnetBlock("mid.1", { ...options, heads });
  const second = createUnetBlock("mid.2", { ...options, heads: null });
  return {
    ...joinState([first, second]),
    outputs: channels,
    apply: (x, call) => second.apply(first.apply(x, call), call),
  };
}
