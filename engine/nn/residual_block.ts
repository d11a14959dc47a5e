/** The two residual blocks of He et al. 2015, "Deep residual learning", https://arxiv.org/abs/1512.03385, figure 5. */

import { addRelu } from "../ops/add_relu.ts";
import { asTensor } from "../graph/graph.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createBatchNorm } from "./batch_norm.ts";
import { createConv2d } from "./conv2d.ts";
import { joinState, type Mode, type Stateful } from "./model.ts";

/** Sizes of a block. */
export interface BlockOptions {
  /** Input channels. */
  readonly inputs: number;
  /** Channels of its 3x3 convolutions; the output has this times the block's expansion. */
  readonly width: number;
  /** Stride of its first 3x3 convolution and of its shortcut. */
  readonly stride: number;
  readonly seed: number;
}

/** A residual block. */
export interface Block extends Stateful {
  /** Output channels. */
  readonly outputs: number;
  /** [B, H, W, inputs] to [B, ceil(H / stride), ceil(W / stride), outputs]. */
  apply(x: Value, mode: Mode): Tensor;
}

/** Makes a block of one kind. */
export type BlockFactory = (name: string, options: BlockOptions) => Block;

/** relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), both convolutions 3x3. */
export function createBasicBlock(name: string, { inputs, width, stride, seed }: BlockOptions): Block {
  const first = convNorm(name, { index: 1, inputs, outputs: width, kernel: 3, stride, seed });
  const second = convNorm(name, { index: 2, inputs: width, outputs: width, kernel: 3, stride: 1, seed });
  const shortcut = createShortcut(name, { inputs, outputs: width, stride, seed });
  return {
    ...joinState([first, second, shortcut]),
    outputs: width,
    apply(x, mode) {
      const inner = second.apply(first.apply(x, { mode, relu: true }), { mode });
      return addRelu(inner, shortcut.apply(x, mode));
    },
  };
}

/** Channels out of a bottleneck block for each channel of its 3x3 convolution. */
const EXPANSION = 4;

/**
 * 1x1 to `width` channels, 3x3, 1x1 to 4 times `width`, each with BatchNorm, and the shortcut. The stride sits in
 * the 3x3 convolution, as in torchvision; the paper has it in the first.
 */
export function createBottleneck(name: string, { inputs, width, stride, seed }: BlockOptions): Block {
  const outputs = EXPANSION * width;
  const first = convNorm(name, { index: 1, inputs, outputs: width, kernel: 1, stride: 1, seed });
  const second = convNorm(name, { index: 2, inputs: width, outputs: width, kernel: 3, stride, seed });
  const third = convNorm(name, { index: 3, inputs: width, outputs, kernel: 1, stride: 1, seed });
  const shortcut = createShortcut(name, { inputs, outputs, stride, seed });
  return {
    ...joinState([first, second, third, shortcut]),
    outputs,
    apply(x, mode) {
      const reduced = first.apply(x, { mode, relu: true });
      const inner = third.apply(second.apply(reduced, { mode, relu: true }), { mode });
      return addRelu(inner, shortcut.apply(x, mode));
    },
  };
}

interface ConvNormOptions {
  readonly index: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly seed: number;
}

/** `<name>.conv<index>` and `<name>.bn<index>`, padded so that the size changes by the stride alone. */
function convNorm(name: string, { index, ...options }: ConvNormOptions) {
  const conv = createConv2d(`${name}.conv${index}`, { ...options, padding: (options.kernel - 1) / 2 });
  const norm = createBatchNorm(`${name}.bn${index}`, { channels: options.outputs });
  return {
    ...joinState([conv, norm]),
    apply: (x: Value, call: { mode: Mode; relu?: boolean }) => norm.apply(conv.apply(x), call),
  };
}

/** The identity, or where the shape changes `<name>.shortcut.0`, a 1x1 convolution, and `<name>.shortcut.1`, its BatchNorm. */
function createShortcut(
  name: string,
  options: { inputs: number; outputs: number; stride: number; seed: number },
) {
  const { inputs, outputs, stride } = options;
  if (stride === 1 && inputs === outputs) return { ...joinState([]), apply: (x: Value) => asTensor(x) };
  const conv = createConv2d(`${name}.shortcut.0`, { ...options, kernel: 1 });
  const norm = createBatchNorm(`${name}.shortcut.1`, { channels: outputs });
  return {
    ...joinState([conv, norm]),
    apply: (x: Value, mode: Mode) => norm.apply(conv.apply(x), { mode }),
  };
}
