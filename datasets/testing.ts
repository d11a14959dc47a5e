/** A small network and a small set for tests. */

import { createConv2d } from "../engine/nn/conv2d.ts";
import { createLinear } from "../engine/nn/linear.ts";
import { relu } from "../engine/ops/relu.ts";
import { reshape } from "../engine/ops/reshape.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { planted } from "./planted.ts";

const conv = createConv2d("conv", {
  inputs: 3,
  outputs: 8,
  kernel: 3,
  stride: 2,
  padding: 1,
  bias: true,
  seed: 1,
});
const head = createLinear("head", { inputs: 288, outputs: 10, seed: 1 });

/** Length of {@linkcode features}. */
export const FEATURE_SIZE = 288;

/** Features [B, 288] of images [B, 12, 12, 3], by an untrained convolution. */
export function features(images: Tensor): Tensor {
  return reshape(relu(conv.apply(images)), [images.shape[0], FEATURE_SIZE]);
}

/** Scores [B, 10] of an untrained head on the features. */
export function logits(images: Tensor): Tensor {
  return head.apply(features(images));
}

/** 40 planted images of 12 x 12, as bytes. */
export const SOURCE = planted({ size: 12, trainSize: 40, testSize: 10 }).train;
