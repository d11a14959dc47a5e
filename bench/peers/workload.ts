/** The training step on which frameworks are compared, in this engine: the one definition of its network. */

import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { createConv2d } from "../../engine/nn/conv2d.ts";
import { createLinear } from "../../engine/nn/linear.ts";
import { joinState, parameterCount } from "../../engine/nn/model.ts";
import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import { globalAvgPool } from "../../engine/ops/pool2d.ts";
import { meanAll } from "../../engine/ops/reduce_sum.ts";
import { relu } from "../../engine/ops/relu.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { Program } from "../../engine/program/program.ts";
import { stream } from "../../common/random.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { read, release, write } from "../../engine/graph/variables.ts";
import { LEARNING_RATE, STRIDES } from "./workloads.ts";

/** Sizes of the training step; images are `size` x `size` of 3 channels. */
export const PEER_NETWORK = { batchSize: 64, size: 32, classes: 10, learningRate: LEARNING_RATE } as const;

/** A compiled training step. */
export interface PeerWorkload {
  /** What it is, in a few words. */
  readonly network: string;
  readonly batchSize: number;
  readonly parameters: number;
  readonly flopsPerStep: number;
  readonly dispatchesPerStep: number;
  /** Submits one step without waiting for it. */
  readonly step: () => void;
  /** Waits for the last step and returns its loss, computed before its update. */
  readonly loss: () => Promise<number>;
  /** Waits for the last step and returns the weights after it, by the parameter's name. */
  readonly weights: () => Promise<ReadonlyMap<string, Float32Array>>;
  /** Frees everything on the device. */
  readonly dispose: () => void;
}

/** The layers, with the initial weights that belong to their names. */
export function createPeerModel() {
  const layer = (name: string, inputs: number, outputs: number, stride: number) =>
    createConv2d(name, { inputs, outputs, stride, kernel: 3, padding: 1, bias: true, seed: 0 });
  const convs = [
    layer("conv1", 3, 32, STRIDES[0]),
    layer("conv2", 32, 32, STRIDES[1]),
    layer("conv3", 32, 64, STRIDES[2]),
  ];
  const head = createLinear("linear", { inputs: 64, outputs: PEER_NETWORK.classes, seed: 0 });
  return { convs, head, ...joinState([...convs, head]) };
}

/** The batch: uniform random pixels in [0, 1), [64, 32, 32, 3], and labels that count through the classes. */
export function createPeerBatch(): { images: Float32Array; labels: Uint32Array } {
  const { batchSize, size, classes } = PEER_NETWORK;
  const images = stream(0, "perf images").fillUniform(0, new Float32Array(batchSize * size * size * 3));
  return { images, labels: Uint32Array.from({ length: batchSize }, (_, b) => b % classes) };
}

/**
 * Compiles the step: 3x3 convolutions 3-32, 32-32 and 32-64, the last two of stride 2, each with bias and relu, then
 * global average pool, linear layer, mean cross-entropy, and plain SGD with learning rate 0.01, always on the same 64
 * images of 32 x 32.
 *
 * @param options.weights Initial weights by the parameter's name, e.g. "conv1.weight", laid out as the engine's.
 * Default: those of {@linkcode createPeerModel}.
 * @throws {RangeError} If a weight is missing from `weights` or has another size.
 */
export async function createPeerWorkload(
  gpu: Gpu,
  options: { readonly weights?: ReadonlyMap<string, Float32Array> } = {},
): Promise<PeerWorkload> {
  const { batchSize, size, learningRate } = PEER_NETWORK;
  const { convs, head, ...model } = createPeerModel();
  const batch = createPeerBatch();
  const images = new Variable("images", f32(batchSize, size, size, 3), batch.images);
  const labels = new Variable("labels", u32(batchSize), batch.labels);
  const optimizer = sgd();
  const variables = [images, labels, ...model.parameters, optimizer.scalars];
  let program: Program;
  try {
    if (options.weights !== undefined) setWeights(gpu, model.parameters, options.weights);
    program = await Program.compile(gpu, "peer network", () => {
      const features = globalAvgPool(convs.reduce((x, conv) => relu(conv.apply(x)), asTensor(images)));
      const loss = meanAll(crossEntropy(head.apply(features), labels));
      optimizer.step(model.parameters, gradients(loss, model.parameters));
      return { loss };
    });
  } catch (error) {
    release(gpu, variables);
    throw error;
  }
  let steps = 0;
  return {
    network: `3 convolutions, ${size}x${size}`,
    batchSize,
    parameters: parameterCount(model),
    flopsPerStep: program.flops,
    dispatchesPerStep: program.dispatches,
    step: () => {
      optimizer.prepare(gpu, { step: steps++, learningRate });
      program.run();
    },
    loss: async () => (await program.read("loss"))[0],
    weights: async () => {
      const values = await Promise.all(model.parameters.map((parameter) => read(gpu, parameter)));
      return new Map(model.parameters.map(({ name }, i) => [name, values[i] as Float32Array]));
    },
    dispose: () => {
      program.dispose();
      release(gpu, variables);
    },
  };
}

function setWeights(
  gpu: Gpu,
  parameters: readonly Variable[],
  weights: ReadonlyMap<string, Float32Array>,
): void {
  for (const parameter of parameters) {
    const values = weights.get(parameter.name);
    if (values === undefined) {
      throw new RangeError(
        `Cannot set the weights: none for ${parameter.name}, given ${[...weights.keys()].join(", ")}`,
      );
    }
    write(gpu, parameter, values);
  }
}
