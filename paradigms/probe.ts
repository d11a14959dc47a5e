/** The linear probe: a linear head on a frozen encoder in eval mode. */

import { batches } from "../datasets/batches.ts";
import { Feed, inOrder } from "../datasets/feed.ts";
import type { ImageSet } from "../datasets/types.ts";
import { gradients } from "../engine/autograd.ts";
import type { Gpu } from "../engine/device.ts";
import { scale } from "../engine/ops/arithmetic.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { linear } from "../engine/ops/linear.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import { cosine } from "../engine/optim/schedules.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { Program } from "../engine/program.ts";
import { stream } from "../engine/random.ts";
import { f32, u32 } from "../engine/shape.ts";
import { type Tensor, Variable } from "../engine/tensor.ts";
import { release, write } from "../engine/variables.ts";
import type { Learner } from "./types.ts";

/** How a probe is trained. */
export interface ProbeOptions {
  readonly learner: Learner;
  /** Images and labels it is trained on. */
  readonly set: ImageSet;
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Of the order of examples. */
  readonly seed: number;
}

/** A trained probe: the encoder's features -> scores. */
export interface Probe {
  readonly weight: Variable;
  readonly bias: Variable;
  /** Scores [B, classes] of images, encoder included. */
  logits(images: Tensor): Tensor;
  /** Frees its memory. */
  dispose(): void;
}

/**
 * Trains a probe on features extracted once: the encoder cannot change, since no program of the probe writes to it.
 * Starts at zero weights, which for a convex loss loses nothing and needs no draw. Features are divided by their
 * root mean square over the training set, a fixed number, so that one learning rate serves encoders of any scale;
 * the head absorbs it and stays linear.
 */
export async function trainProbe(gpu: Gpu, options: ProbeOptions): Promise<Probe> {
  const { learner, set, epochs, batchSize, lr, momentum, weightDecay, seed } = options;
  const { featureSize } = learner;
  const features = await extractFeatures(gpu, { learner, set, batchSize });
  const spread = Math.sqrt(features.reduce((sum, v) => sum + v * v, 0) / features.length) || 1;
  for (let i = 0; i < features.length; i++) features[i] /= spread;
  const order = batches(stream(seed, "probe batches"), {
    count: set.count,
    batchSize: Math.min(batchSize, set.count),
  });
  const x = new Variable("probe features", f32(order.batchSize, featureSize));
  const y = new Variable("probe labels", u32(order.batchSize));
  const weight = new Variable("probe.weight", f32(set.classNames.length, featureSize));
  const bias = new Variable("probe.bias", f32(set.classNames.length));
  const optimizer = sgd({ momentum, weightDecay });
  const program = await Program.compile(gpu, "probe step", () => {
    const loss = meanAll(crossEntropy(linear(x, weight, bias), y));
    optimizer.step([weight, bias], gradients(loss, [weight, bias]));
  });
  const totalSteps = epochs * order.batchesPerEpoch;
  const schedule = cosine({ lr, totalSteps });
  const rows = new Float32Array(order.batchSize * featureSize), labels = new Uint32Array(order.batchSize);
  for (let step = 0; step < totalSteps; step++) {
    order.at(step).forEach((i, b) => {
      rows.set(features.subarray(i * featureSize, (i + 1) * featureSize), b * featureSize);
      labels[b] = set.labels[i];
    });
    write(gpu, x, rows);
    write(gpu, y, labels);
    optimizer.prepare(gpu, { step, learningRate: schedule(step) });
    program.run();
  }
  await gpu.idle();
  program.dispose();
  release(gpu, [x, y, ...optimizer.state, optimizer.scalars]);
  return {
    weight,
    bias,
    logits: (images) => linear(scale(learner.features(images), 1 / spread), weight, bias),
    dispose: () => release(gpu, [weight, bias]),
  };
}

/** Features [N, F] of a whole set, row-major. */
export async function extractFeatures(
  gpu: Gpu,
  { learner, set, batchSize }: { learner: Learner; set: ImageSet; batchSize: number },
): Promise<Float32Array> {
  const feed = new Feed(gpu, set, { batchSize: Math.min(batchSize, set.count) });
  const program = await Program.compile(
    gpu,
    "features",
    () => ({ features: learner.features(feed.images()) }),
  );
  const all = new Float32Array(set.count * learner.featureSize);
  for (const examples of inOrder(set.count, feed.batchSize)) {
    feed.load(examples);
    program.run();
    const found = await program.read("features") as Float32Array;
    all.set(found.subarray(0, examples.length * learner.featureSize), examples[0] * learner.featureSize);
  }
  program.dispose();
  feed.dispose();
  return all;
}
