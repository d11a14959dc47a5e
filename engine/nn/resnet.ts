/** Residual networks for small images. */

import { channelAffine } from "../ops/channel_affine.ts";
import { globalAvgPool } from "../ops/pool2d.ts";
import { asTensor } from "../graph/graph.ts";
import { f32, formatShape } from "../arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../graph/tensor.ts";
import { createBatchNorm } from "./batch_norm.ts";
import { createConv2d } from "./conv2d.ts";
import { createLinear } from "./linear.ts";
import { type Encoder, joinState, type Mode, type Model } from "./model.ts";
import { normalisationProblem } from "./normalisation.ts";
import { type Block, type BlockFactory, createBasicBlock, createBottleneck } from "./residual_block.ts";

/** Names of the architectures. */
export type ResnetArch = "resnet8" | "resnet18" | "resnet50";

/** Settings of a residual network, up to its features. */
export interface ResnetEncoderConfig {
  readonly arch: ResnetArch;
  /** Width of each stage. Default 16, 32, 64 for `resnet8` and 64, 128, 256, 512 for the others. */
  readonly widths?: readonly number[];
  /** Default 3. */
  readonly inputChannels?: number;
  /** Subtracted from each channel's pixels before anything else. Default 0. */
  readonly mean?: readonly number[];
  /** Divides each channel's pixels after that. Default 1. */
  readonly std?: readonly number[];
}

/** Settings of a residual network. */
export interface ResnetConfig extends ResnetEncoderConfig {
  readonly classes: number;
}

interface Arch {
  readonly block: BlockFactory;
  /** Blocks in each stage. */
  readonly depths: readonly number[];
  readonly widths: readonly number[];
}

const ARCHS: Readonly<Record<ResnetArch, Arch>> = {
  resnet8: { block: createBasicBlock, depths: [1, 1, 1], widths: [16, 32, 64] },
  resnet18: { block: createBasicBlock, depths: [2, 2, 2, 2], widths: [64, 128, 256, 512] },
  resnet50: { block: createBottleneck, depths: [3, 4, 6, 3], widths: [64, 128, 256, 512] },
};

/** All architectures of {@linkcode resnet}. */
export const RESNET_ARCHS = Object.keys(ARCHS) as readonly ResnetArch[];

/**
 * Makes a residual network with the stem for small images: one 3x3 convolution of stride 1, BatchNorm and relu, no
 * pooling. Then stages of residual blocks, the first block of each but the first stage with stride 2; a global
 * average pool; and a linear head. Images are [B, H, W, C] with pixels in [0, 1] and any H and W.
 *
 * Parameters carry PyTorch's names: `conv1`, `bn1`, `layer1.0.conv1` ..., `layer2.0.shortcut.0`, `linear`. All start
 * at PyTorch's defaults, see {@linkcode uniformParameter}; a parameter's values depend on its name and the seed alone.
 * Source: He et al. 2015, https://arxiv.org/abs/1512.03385; stem, shortcuts (1x1 convolution and BatchNorm where the
 * shape changes) and names as in https://github.com/kuangliu/pytorch-cifar. `resnet8` has one basic block a stage and
 * three stages.
 *
 * @throws {RangeError} If the architecture is unknown or a size does not fit it.
 */
export function resnet(config: ResnetConfig, { seed }: { readonly seed: number }): Model {
  checkResnet(config);
  const encoder = resnetEncoder(config, { seed });
  const head = createLinear("linear", { inputs: encoder.featureSize, outputs: config.classes, seed });
  return {
    ...joinState([encoder, head]),
    featureSize: encoder.featureSize,
    features: encoder.features,
    logits: (images, options) => head.apply(encoder.features(images, options)),
    head,
  };
}

/**
 * Makes the same network without its head.
 *
 * @throws {RangeError} If the architecture is unknown or a size does not fit it.
 */
export function resnetEncoder(config: ResnetEncoderConfig, { seed }: { readonly seed: number }): Encoder {
  const { depths, widths, block } = checkConfig(config);
  const { inputChannels = 3 } = config;
  const stem = createConv2d("conv1", {
    inputs: inputChannels,
    outputs: widths[0],
    kernel: 3,
    padding: 1,
    seed,
  });
  const norm = createBatchNorm("bn1", { channels: widths[0] });
  const blocks: Block[] = [];
  let channels = widths[0];
  for (const [stage, width] of widths.entries()) {
    for (let i = 0; i < depths[stage]; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      const made = block(`layer${stage + 1}.${i}`, { inputs: channels, width, stride, seed });
      blocks.push(made);
      channels = made.outputs;
    }
  }
  const normalise = createNormalisation({ ...config, inputChannels });
  const features = (images: Value, { mode }: { readonly mode: Mode }): Tensor => {
    if (images.shape.length !== 4 || images.shape[3] !== inputChannels) {
      throw new RangeError(
        `Cannot apply ${config.arch}: expected images [B, H, W, ${inputChannels}], got ${
          formatShape(images.shape)
        }`,
      );
    }
    let x = norm.apply(stem.apply(normalise(images)), { mode, relu: true });
    for (const made of blocks) x = made.apply(x, mode);
    return globalAvgPool(x);
  };
  return { ...joinState([stem, norm, ...blocks]), featureSize: channels, features };
}

/** (x - mean) / std per channel, or the identity where neither is given. The numbers are settings, not weights. */
function createNormalisation(
  { mean, std, inputChannels }: Pick<ResnetEncoderConfig, "mean" | "std"> & { inputChannels: number },
): (x: Value) => Tensor {
  if (mean === undefined && std === undefined) return asTensor;
  const scales = Float32Array.from({ length: inputChannels }, (_, c) => 1 / (std?.[c] ?? 1));
  const offsets = scales.map((scale, c) => -(mean?.[c] ?? 0) * scale);
  const scale = new Variable("normalisation scale", f32(inputChannels), scales);
  const offset = new Variable("normalisation offset", f32(inputChannels), offsets);
  return (x) => channelAffine(x, scale, { offset });
}

/**
 * Checks a configuration of {@linkcode resnet}, or without classes of {@linkcode resnetEncoder}.
 *
 * @throws {RangeError} If the architecture is unknown or a size does not fit it.
 */
export function checkResnet(config: ResnetEncoderConfig & { readonly classes?: number }): void {
  checkConfig(config);
}

function checkConfig(
  { arch, widths, classes = 1, inputChannels = 3, mean, std }: ResnetEncoderConfig & { classes?: number },
): Arch {
  if (!Object.hasOwn(ARCHS, arch)) {
    throw new RangeError(
      `Cannot make a residual network: unknown architecture "${arch}", known are ${RESNET_ARCHS.join(", ")}`,
    );
  }
  const known = ARCHS[arch];
  const found = { ...known, widths: widths ?? known.widths };
  if (found.widths.length !== known.depths.length) {
    throw new RangeError(
      `Cannot make ${arch}: it has ${known.depths.length} stages, ${found.widths.length} widths were given`,
    );
  }
  for (
    const [name, size] of [
      ["classes", classes],
      ["inputChannels", inputChannels],
      ...found.widths.map((w) => ["widths", w]),
    ]
  ) {
    if (!Number.isSafeInteger(size) || Number(size) < 1) {
      throw new RangeError(`Cannot make ${arch}: ${name} must be whole numbers from 1 up, got ${size}`);
    }
  }
  for (const [name, values] of [["mean", mean], ["std", std]] as const) {
    if (values === undefined) continue;
    if (values.length !== inputChannels) {
      throw new RangeError(
        `Cannot make ${arch}: ${name} must be ${inputChannels} numbers, got ${values.join(", ")}`,
      );
    }
    const problem = values.map((value) => normalisationProblem(name, value)).find((found) => found !== null);
    if (problem) throw new RangeError(`Cannot make ${arch}: ${name} ${problem}`);
  }
  return found;
}
