/** The linear probe: a linear head on a frozen encoder in eval mode. */

import { augment, type AugmentationConfig, isNoAugmentation } from "../datasets/augment.ts";
import { batches } from "../datasets/batches.ts";
import { Feed } from "../datasets/feed.ts";
import type { ImageSet } from "../datasets/types.ts";
import { gradients } from "../engine/autograd/autograd.ts";
import type { Gpu } from "../engine/device/device.ts";
import { mul, sub } from "../engine/ops/arithmetic.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { linear } from "../engine/ops/linear.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import { cosine } from "../engine/optim/schedules.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { Pace } from "../engine/device/pace.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { release } from "../engine/graph/variables.ts";
import { extractFeatures } from "./features.ts";
import {
  fold,
  type HeadOptions,
  type LinearHead,
  newHead,
  standardisation,
  trainHead,
} from "./linear_head.ts";
import type { Learner } from "./types.ts";

/** Training options of a probe. */
export interface ProbeOptions extends HeadOptions {
  readonly learner: Pick<Learner, "features" | "featureSize">;
  /** Images and labels it is trained on. */
  readonly set: ImageSet;
  /** Of its training images. Default none: then every image's features are extracted once. */
  readonly augmentation?: AugmentationConfig;
  /** Called with the number of images done; throw from it to stop. */
  readonly onProgress?: (done: number) => void;
}

/** A trained probe: the encoder's features -> scores. */
export interface Probe extends LinearHead {
  /** Scores [B, classes] of images, encoder included. */
  logits(images: Tensor): Tensor;
  /** Frees its memory. */
  dispose(): void;
}

/**
 * Trains a probe. The encoder cannot change, since no program of the probe writes to it. Without augmentation the head
 * is trained on features extracted once, else on those of each epoch's augmented images.
 */
export async function trainProbe(gpu: Gpu, options: ProbeOptions): Promise<Probe> {
  const { learner, augmentation } = options;
  const head = augmentation === undefined || isNoAugmentation(augmentation)
    ? await trainOnce(gpu, options)
    : await trainOnTheFly(gpu, { ...options, augmentation });
  return {
    ...head,
    logits: (images) => linear(learner.features(images), head.weight, head.bias),
    dispose: () => release(gpu, [head.weight, head.bias]),
  };
}

async function trainOnce(gpu: Gpu, options: ProbeOptions): Promise<LinearHead> {
  const { learner: { featureSize }, set } = options;
  const features = await extractFeatures(gpu, options);
  const data = { features, featureSize, labels: set.labels, classes: set.classNames.length };
  return trainHead(gpu, data, options);
}

/** Every epoch extracts the features of every image again; features are standardised as those of the images as they are. */
async function trainOnTheFly(
  gpu: Gpu,
  options: ProbeOptions & { augmentation: AugmentationConfig },
): Promise<LinearHead> {
  const { learner, set, augmentation, epochs, lr, momentum, weightDecay, seed, onProgress } = options;
  const { featureSize } = learner;
  const standard = standardisation(
    await extractFeatures(gpu, { learner, set, batchSize: options.batchSize }),
    featureSize,
  );
  const mean = new Variable("feature mean", f32(featureSize), standard.mean);
  const inverse = new Variable("feature scale", f32(featureSize), standard.scale);
  const order = batches(stream(seed, "probe batches"), {
    count: set.count,
    batchSize: Math.min(options.batchSize, set.count),
  });
  const feed = new Feed(gpu, set, { batchSize: order.batchSize });
  const head = newHead(set.classNames.length, featureSize), params = [head.weight, head.bias];
  const optimizer = sgd({ momentum, weightDecay });
  const program = await Program.compile(gpu, "augmented probe step", () => {
    const images = augment(feed.images(), augmentation, {
      examples: feed.examples,
      step: feed.epoch,
      stream: (step) => stream(seed, `probe augmentation/${step}`),
    });
    const features = mul(sub(learner.features(images), mean), inverse);
    const loss = meanAll(crossEntropy(linear(features, head.weight, head.bias), feed.labels));
    optimizer.step(params, gradients(loss, params));
  });
  const totalSteps = epochs * order.batchesPerEpoch;
  const schedule = cosine({ lr, totalSteps });
  const pace = new Pace(gpu);
  for (let step = 0; step < totalSteps; step++) {
    feed.load(order.at(step), { epoch: order.epochOf(step) });
    optimizer.prepare(gpu, { step, learningRate: schedule(step) });
    program.run();
    await pace.step();
    onProgress?.(Math.min(set.count, (step + 1) * order.batchSize));
  }
  await fold(gpu, head, standard);
  program.dispose();
  feed.dispose();
  release(gpu, [mean, inverse, ...optimizer.state, optimizer.scalars]);
  return head;
}
