/** A linear head trained on features: the probe without its encoder. */

import { batches } from "../datasets/batches.ts";
import { gradients } from "../engine/autograd/autograd.ts";
import type { Gpu } from "../engine/device/device.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { linear } from "../engine/ops/linear.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import { cosine } from "../engine/optim/schedules.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { Pace } from "../engine/device/pace.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { read, release, write } from "../engine/graph/variables.ts";

import { NonFiniteLossError } from "./train.ts";

/** Training options of a head: SGD with one cosine. */
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

/** A trained head: scores = weight features + bias. */
export interface LinearHead {
  /** [classes, F]. */
  readonly weight: Variable;
  /** [classes]. */
  readonly bias: Variable;
}

/**
 * Trains a head on features. It starts at zero weights, which for a convex loss loses nothing and needs no draw.
 * While it is trained, each feature is standardised by its mean and deviation over the training set, fixed numbers, so
 * that one learning rate serves encoders of any scale; in the end these are folded into the weights, and the head is
 * linear in the features as they are.
 */
export async function trainHead(
  gpu: Gpu,
  data: LabelledFeatures & { readonly classes: number },
  { epochs, batchSize, lr, momentum, weightDecay, seed }: HeadOptions,
): Promise<LinearHead> {
  const { features, featureSize, labels, classes } = data;
  const count = labels.length, standard = standardisation(features, featureSize);
  const order = batches(stream(seed, "probe batches"), { count, batchSize: Math.min(batchSize, count) });
  const x = new Variable("probe features", f32(order.batchSize, featureSize));
  const y = new Variable("probe labels", u32(order.batchSize));
  const head = newHead(classes, featureSize), params = [head.weight, head.bias];
  const optimizer = sgd({ momentum, weightDecay });
  const program = await Program.compile(gpu, "probe step", () => {
    const loss = meanAll(crossEntropy(linear(x, head.weight, head.bias), y));
    optimizer.step(params, gradients(loss, params));
  });
  const totalSteps = epochs * order.batchesPerEpoch;
  const schedule = cosine({ lr, totalSteps });
  const rows = new Float32Array(order.batchSize * featureSize), chosen = new Uint32Array(order.batchSize);
  const pace = new Pace(gpu);
  for (let step = 0; step < totalSteps; step++) {
    order.at(step).forEach((i, b) => {
      for (let k = 0; k < featureSize; k++) {
        rows[b * featureSize + k] = (features[i * featureSize + k] - standard.mean[k]) * standard.scale[k];
      }
      chosen[b] = labels[i];
    });
    write(gpu, x, rows);
    write(gpu, y, chosen);
    optimizer.prepare(gpu, { step, learningRate: schedule(step) });
    program.run();
    await pace.step();
  }
  await fold(gpu, head, standard);
  program.dispose();
  release(gpu, [x, y, ...optimizer.state, optimizer.scalars]);
  return head;
}

/** A head's weights before training. */
export function newHead(classes: number, featureSize: number): LinearHead {
  return {
    weight: new Variable("probe.weight", f32(classes, featureSize)),
    bias: new Variable("probe.bias", f32(classes)),
  };
}

/** Standardisation of features: (feature - mean) * scale, [F] each. */
export interface Standardisation {
  readonly mean: Float32Array<ArrayBuffer>;
  readonly scale: Float32Array<ArrayBuffer>;
}

/** A feature whose deviation is below this share of the largest one is noise, and is not blown up further. */
const MIN_DEVIATION = 1e-4;

/** Mean and inverse deviation of each feature over a set; scale 1 where no feature differs from image to image. */
export function standardisation(features: Float32Array, featureSize: number): Standardisation {
  const count = features.length / featureSize;
  const mean = new Float64Array(featureSize), variance = new Float64Array(featureSize);
  features.forEach((value, i) => mean[i % featureSize] += value / count);
  features.forEach((value, i) => variance[i % featureSize] += (value - mean[i % featureSize]) ** 2 / count);
  const min = MIN_DEVIATION * Math.sqrt(variance.reduce((a, b) => Math.max(a, b), 0)) || 1;
  const scale = Float32Array.from(variance, (v) => 1 / Math.max(Math.sqrt(v), min));
  return { mean: Float32Array.from(mean), scale };
}

/**
 * Makes a head that was trained on standardised features one for the features as they are.
 *
 * @throws {NonFiniteLossError} If a weight is not finite: the training diverged, or a feature was no number.
 */
export async function fold(gpu: Gpu, { weight, bias }: LinearHead, standard: Standardisation): Promise<void> {
  const { mean, scale } = standard;
  const w = Float32Array.from(await read(gpu, weight), (v, i) => v * scale[i % scale.length]);
  const b = Float32Array.from(
    await read(gpu, bias),
    (v, c) => mean.reduce((sum, m, k) => sum - w[c * mean.length + k] * m, v),
  );
  const odd = [...w, ...b].find((v) => !Number.isFinite(v));
  if (odd !== undefined) {
    throw new NonFiniteLossError(
      `Cannot use probe: a weight is ${odd} after its training\n` +
        "Hint: use a smaller learning rate (probe.lr); features that are not finite have the same effect",
    );
  }
  write(gpu, weight, w);
  write(gpu, bias, b);
}

/** 1 for each example whose highest score is that of its label, all being finite; computed on the host. */
export async function judgeHead(
  gpu: Gpu,
  { weight, bias }: LinearHead,
  { features, featureSize, labels }: LabelledFeatures,
): Promise<Uint8Array<ArrayBuffer>> {
  const w = await read(gpu, weight), b = await read(gpu, bias);
  return Uint8Array.from(labels, (label, i) => {
    let best = 0, highest = -Infinity, finite = true;
    for (let c = 0; c < b.length; c++) {
      let score = b[c];
      for (let k = 0; k < featureSize; k++) score += w[c * featureSize + k] * features[i * featureSize + k];
      finite &&= Number.isFinite(score);
      if (score > highest) [best, highest] = [c, score];
    }
    return finite && best === label ? 1 : 0;
  });
}
