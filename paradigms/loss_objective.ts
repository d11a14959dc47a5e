/** The losses that encoders are trained with, as objectives of attacks. */

import type { ImageSet } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { sub } from "../engine/ops/arithmetic.ts";
import { exampleNorm } from "../engine/ops/example_norm.ts";
import { reshape } from "../engine/ops/reshape.ts";
import { stream } from "../common/random.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../engine/graph/tensor.ts";
import { release } from "../engine/graph/variables.ts";
import { extractFeatures } from "./features.ts";
import type { Learner } from "./types.ts";

/** The other inputs of an objective: variables of the attack that compiles it. */
export interface ObjectiveVariables {
  /** Clean images, [B, H, W, 3]. */
  readonly origin: Value;
  /** Numbers of the examples in their data set, u32 [B]. */
  readonly examples: Value;
  /** True classes, u32 [B]; only the cross-entropy reads them. */
  readonly labels?: Value;
}

/** Images [B, H, W, 3] -> a loss of each, [B, 1]. As `Walk` and `Apgd` take it. */
export type LossFn = (images: Tensor, inputs: ObjectiveVariables) => Tensor;

/** An objective with memory of its own. */
export interface LossObjective {
  readonly loss: LossFn;
  /** Frees its memory; the learner's stays. */
  dispose(): void;
}

/** Options of the loss of a paradigm. */
export interface LossObjectiveOptions {
  /** Of the random draws: masks, timesteps, noise. */
  readonly seed: number;
  /**
   * Images that each attacked image is to be told apart from, by contrastive losses alone. Take others than the
   * attacked ones: training images where test images are attacked.
   */
  readonly negatives?: ImageSet;
  /** Of the negatives' projections; changes none of them. Default 128. */
  readonly batchSize?: number;
}

/**
 * The loss that a learner is trained with, as the loss of each single image, for attacks that maximise it. The learner
 * is in eval mode, with its weights at the time of each step. Random draws depend on the example's number and the seed
 * alone and stay the same from step to step: an attack climbs one function, and its result for an image depends on
 * neither the batch nor the order.
 *
 * - SL: the log odds against the label, with which the cross-entropy rises (`logOdds`).
 * - CL: NT-Xent of the attacked image's projection, which has to tell that of the clean image (the positive) from those
 *   of `negatives`, all of which stand still: -log(exp(z . p / t) / (exp(z . p / t) + sum over k of exp(z . n_k / t))), again as the log odds against the positive,
 *   log(mean over k of exp((z . n_k - z . p) / t)), with which it rises and which does not end at 0 in float32.
 *   Departures from Chen et al. 2020 (https://arxiv.org/abs/2002.05709, equation 1): the negatives are the same for all
 *   images, not the rest of the batch, which would couple the images; nothing is augmented; the loss is that of one of
 *   the two views. The reference's notebook (Transfer/visualize_transfer.ipynb of PKU-ML/AdvNotRealFeatures) perturbs
 *   both views alike, so that the positive similarity is 1 throughout and an attack feels the negatives alone.
 * - MIM: squared error of the masked patches, as MAE reconstructs them from the attacked image's visible patches, each
 *   example with a mask of its own. Departure from He et al. 2022 (https://arxiv.org/abs/2111.06377): the targets are
 *   the clean image's, or the loss would rise by a change of the masked patches, which no encoder sees. Masked patches
 *   have no gradient.
 * - DM: squared error of the noise that the averaged network predicts, each example at a timestep and with noise of its
 *   own. Ho et al. 2020, https://arxiv.org/abs/2006.11239, algorithm 1, without the expectation over both.
 *
 * @throws {RangeError} If the loss is contrastive and there are no negatives, or the other way round.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { hasGpu, linf, lossObjective, openGpu, stream, supervised, u32, Variable, Walk } from "../mod.ts";
 *
 * if (await hasGpu()) {
 *   const gpu = await openGpu();
 *   const config = { encoder: { arch: "resnet8", widths: [4, 4, 4] } } as const;
 *   const learner = supervised.create(config, { height: 12, width: 12, classes: 10, seed: 0 });
 *   const { loss } = await lossObjective(gpu, learner, { seed: 0 });
 *   const labels = new Variable("labels", u32(8));
 *   const walk = await Walk.compile(gpu, {
 *     label: "raise the loss",
 *     batchSize: 8,
 *     imageShape: [12, 12, 3],
 *     objective: (images, inputs) => loss(images, { ...inputs, labels }),
 *     threatModel: linf(8 / 255),
 *     stepSize: 2 / 255,
 *     stream: stream(0, "starts"),
 *   });
 *   walk.start({ random: true });
 *   walk.step(4);
 *   assert(walk.dispatches > 0);
 *   gpu.close();
 * }
 * ```
 */
export async function lossObjective(
  gpu: Gpu,
  learner: Learner,
  { seed, negatives, batchSize = 128 }: LossObjectiveOptions,
): Promise<LossObjective> {
  const { projections } = learner;
  if ((projections === null) !== (negatives === undefined)) {
    throw new RangeError(
      projections === null
        ? "Cannot make an objective: negatives are for contrastive losses, this one compares no images"
        : "Cannot make an objective: a contrastive loss needs negatives, none were given",
    );
  }
  const own = [new Variable("objective step", u32())];
  if (projections !== null) {
    const encoder = { features: projections.of, featureSize: projections.size };
    const values = await extractFeatures(gpu, { learner: encoder, set: negatives!, batchSize });
    own.push(new Variable("objective negatives", f32(negatives!.count, projections.size), values));
  }
  const [step, others = null] = own;
  return {
    loss: (images, { origin, examples, labels = null }) =>
      learner.exampleLoss(images, {
        origin,
        labels,
        negatives: others,
        random: (purpose) => ({ examples, step, stream: stream(seed, `objective/${purpose}`) }),
      }),
    dispose: () => release(gpu, own),
  };
}

/**
 * L2 distance of an image's features from those of the clean image, to be maximised: an attack on the encoder that
 * needs no labels. At the clean image its gradient is 0, so an attack has to start at a random point.
 *
 * @param features Images [B, H, W, 3] -> features [B, F], each image's own: `learner.features`.
 */
export function featureDistance(features: (images: Tensor) => Tensor): LossFn {
  return (images, { origin }) => {
    const away = sub(features(images), features(asTensor(origin)));
    return reshape(exampleNorm(away, "L2"), [away.shape[0], 1]);
  };
}
