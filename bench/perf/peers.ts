/** The small network that other packages were timed on, and their times. */

import { gradients } from "../../engine/autograd.ts";
import type { Gpu } from "../../engine/device.ts";
import { createConv2d } from "../../engine/nn/conv2d.ts";
import { createLinear } from "../../engine/nn/linear.ts";
import { asTensor } from "../../engine/graph.ts";
import { joinState, parameterCount } from "../../engine/nn/model.ts";
import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import { globalAvgPool } from "../../engine/ops/pool2d.ts";
import { meanAll } from "../../engine/ops/reduce_sum.ts";
import { relu } from "../../engine/ops/relu.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { Program } from "../../engine/program.ts";
import { stream } from "../../engine/random.ts";
import { f32, u32 } from "../../engine/shape.ts";
import { Variable } from "../../engine/tensor.ts";
import { release } from "../../engine/variables.ts";
import { timeSteps } from "./time_steps.ts";
import type { NetworkSpeed, SpeedOptions } from "./training.ts";

/** A training step of the network of {@linkcode measurePeerNetwork} in another package. */
export interface PeerTime {
  readonly name: string;
  /** Milliseconds a step, as a range where runs differed. */
  readonly msPerStep: readonly [from: number, to: number];
}

/** Where and when {@linkcode PEERS} were measured. */
export const PEERS_MEASURED = "2026-11-22, on another machine of 2 cores (AMD EPYC) with llvmpipe";

/** Medians measured elsewhere; never measured by this command. */
export const PEERS: readonly PeerTime[] = [
  { name: "jax-js 0.1.25, WebGPU", msPerStep: [611, 611] },
  { name: "TensorFlow.js 4.22, WebGPU", msPerStep: [1143, 1143] },
  { name: "PyTorch 1.13, CPU, 2 threads", msPerStep: [12, 18] },
];

const BATCH = 64, SIZE = 32, CLASSES = 10;

/**
 * Times a training step of the peers' network: 3x3 convolutions 3-32, 32-32 and 32-64, the last two of stride 2, each
 * with relu, then global average pool, linear layer, cross-entropy and plain SGD; 64 fixed images of 32 x 32.
 */
export async function measurePeerNetwork(gpu: Gpu, options: SpeedOptions): Promise<NetworkSpeed> {
  const layer = (name: string, inputs: number, outputs: number, stride: number) =>
    createConv2d(name, { inputs, outputs, stride, kernel: 3, padding: 1, bias: true, seed: 0 });
  const convs = [layer("conv1", 3, 32, 1), layer("conv2", 32, 32, 2), layer("conv3", 32, 64, 2)];
  const head = createLinear("linear", { inputs: 64, outputs: CLASSES, seed: 0 });
  const model = joinState([...convs, head]);
  const pixels = stream(0, "perf images").fillUniform(0, new Float32Array(BATCH * SIZE * SIZE * 3));
  const images = new Variable("images", f32(BATCH, SIZE, SIZE, 3), pixels);
  const labels = new Variable(
    "labels",
    u32(BATCH),
    Uint32Array.from({ length: BATCH }, (_, b) => b % CLASSES),
  );
  const optimizer = sgd();
  const since = performance.now();
  const program = await Program.compile(gpu, "peer network", () => {
    const features = globalAvgPool(convs.reduce((x, conv) => relu(conv.apply(x)), asTensor(images)));
    const loss = meanAll(crossEntropy(head.apply(features), labels));
    optimizer.step(model.parameters, gradients(loss, model.parameters));
  });
  let step = 0;
  const times = await timeSteps(gpu, {
    ...options,
    since,
    step: () => {
      optimizer.prepare(gpu, { step: step++, learningRate: 0.01 });
      program.run();
    },
  });
  const { flops: flopsPerStep, dispatches: dispatchesPerStep } = program;
  program.dispose();
  release(gpu, [images, labels, ...model.parameters, optimizer.scalars]);
  return {
    network: `3 convolutions, ${SIZE}x${SIZE}`,
    batchSize: BATCH,
    parameters: parameterCount(model),
    flopsPerStep,
    dispatchesPerStep,
    ...times,
  };
}
