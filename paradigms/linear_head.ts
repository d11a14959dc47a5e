/** A linear head trained on features: the probe without its encoder. */

import { batches } from "../datasets/batches.ts";
import { gradients } from "../engine/autograd.ts";
import type { Gpu } from "../engine/device.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { linear } from "../engine/ops/linear.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import { cosine } from "../engine/optim/schedules.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { Program } from "../engine/program.ts";
import { stream } from "../engine/random.ts";
import { f32, u32 } from "../engine/shape.ts";
import { Variable } from "../engine/tensor.ts";
import { read, release, write } from "../engine/variables.ts";

/** How a head is trained: SGD with one cosine. */
export interface HeadOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Of the order of examples. */
  readonly seed: number;
}

/** Features [N, F], row-major, and their labels [N]. */
export interface LabelledFeatures {
  readonly features: Float32Array;
  readonly featureSize: number;
  readonly labels: ArrayLike<number>;
}

/** A trained head: scores = weight (features / spread) + bias. */
export interface LinearHead {
  /** [classes, F]. */
  readonly weight: Variable;
  /** [classes]. */
  readonly bias: Variable;
  /** What features are divided by: their root mean square over the training set. */
  readonly spread: number;
}

/**
 * Trains a head on features. It starts at zero weights, which for a convex loss loses nothing and needs no draw.
 * Features are divided by their root mean square over the training set, a fixed number, so that one learning rate
 * serves encoders of any scale; the head stays linear.
 */
export async function trainHead(
  gpu: Gpu,
  data: LabelledFeatures & { readonly classes: number },
  { epochs, batchSize, lr, momentum, weightDecay, seed }: HeadOptions,
): Promise<LinearHead> {
  const { features, featureSize, labels, classes } = data;
  const count = labels.length, spread = rootMeanSquare(features);
  const order = batches(stream(seed, "probe batches"), { count, batchSize: Math.min(batchSize, count) });
  const x = new Variable("probe features", f32(order.batchSize, featureSize));
  const y = new Variable("probe labels", u32(order.batchSize));
  const { weight, bias } = newHead(classes, featureSize);
  const optimizer = sgd({ momentum, weightDecay });
  const program = await Program.compile(gpu, "probe step", () => {
    const loss = meanAll(crossEntropy(linear(x, weight, bias), y));
    optimizer.step([weight, bias], gradients(loss, [weight, bias]));
  });
  const totalSteps = epochs * order.batchesPerEpoch;
  const schedule = cosine({ lr, totalSteps });
  const rows = new Float32Array(order.batchSize * featureSize), chosen = new Uint32Array(order.batchSize);
  for (let step = 0; step < totalSteps; step++) {
    order.at(step).forEach((i, b) => {
      for (let k = 0; k < featureSize; k++) {
        rows[b * featureSize + k] = features[i * featureSize + k] / spread;
      }
      chosen[b] = labels[i];
    });
    write(gpu, x, rows);
    write(gpu, y, chosen);
    optimizer.prepare(gpu, { step, learningRate: schedule(step) });
    program.run();
  }
  await gpu.idle();
  program.dispose();
  release(gpu, [x, y, ...optimizer.state, optimizer.scalars]);
  return { weight, bias, spread };
}

/** A head's weights before training. */
export function newHead(classes: number, featureSize: number): Pick<LinearHead, "weight" | "bias"> {
  return {
    weight: new Variable("probe.weight", f32(classes, featureSize)),
    bias: new Variable("probe.bias", f32(classes)),
  };
}

/** 1 for each example whose highest score is that of its label, computed on the host. */
export async function judgeHead(
  gpu: Gpu,
  { weight, bias, spread }: LinearHead,
  { features, featureSize, labels }: LabelledFeatures,
): Promise<Uint8Array<ArrayBuffer>> {
  const w = await read(gpu, weight), b = await read(gpu, bias);
  return Uint8Array.from(labels, (label, i) => {
    let best = 0, highest = -Infinity;
    for (let c = 0; c < b.length; c++) {
      let score = b[c] * spread;
      for (let k = 0; k < featureSize; k++) score += w[c * featureSize + k] * features[i * featureSize + k];
      if (score > highest) [best, highest] = [c, score];
    }
    return best === label ? 1 : 0;
  });
}

/** The root mean square of features; 1 where all are 0. */
export function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length) || 1;
}
