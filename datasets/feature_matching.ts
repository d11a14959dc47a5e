/** Feature matching: start from another image and move until an encoder sees the target. */

import { l2 } from "../attacks/threat_model/threat_model.ts";
import { Walk } from "../attacks/walk/walk.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { addScalar, div, sub } from "../engine/ops/arithmetic.ts";
import { assign } from "../engine/ops/assign.ts";
import { correct } from "../engine/ops/correct.ts";
import { exampleNorm } from "../engine/ops/example_norm.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { release, write } from "../engine/graph/variables.ts";
import { checkConstruction, construct, type ConstructOptions } from "./construct.ts";
import type { Construction } from "./constructed.ts";
import { Feed } from "./feed.ts";

/** An encoder: images [B, H, W, 3] -> features [B, F]. */
export type FeaturesFn = (images: Tensor) => Tensor;

/** Settings of feature matching. */
export interface FeatureMatchingOptions extends ConstructOptions {
  readonly features: FeaturesFn;
  readonly featureSize: number;
  /** The encoder's classifier, to say how many images reached their label; leave out if it has none. */
  readonly logits?: FeaturesFn;
  /** L2 length of a step, in pixel units. */
  readonly stepSize: number;
  /** L2 radius around the starting image; null for none. */
  readonly radius: number | null;
  readonly seed: number;
}

/**
 * For each image x of the source: start from another, uniformly random image x0 and take `steps` steps of length
 * `stepSize` along the normalised gradient that bring its features to those of x, within `radius` of x0 and the
 * pixel range. The result carries the label of x.
 *
 * With the encoder of a robust network and no radius this makes the robust set of Ilyas et al. 2019
 * (https://arxiv.org/abs/1905.02175, section 3.1); with a standard network's and a radius the non-robust set of
 * Li et al. 2023 (https://arxiv.org/abs/2310.18936). Departure: the encoder is in eval mode (the reference code
 * leaves it in training mode, which couples the images of a batch). Step sizes there are given per L2 norm, as here.
 *
 * @throws {RangeError} If a setting is out of range or the source holds a single image.
 */
export async function featureMatching(gpu: Gpu, options: FeatureMatchingOptions): Promise<Construction> {
  checkConstruction(options);
  if (options.source.count < 2) {
    throw new RangeError("Cannot match features: each image starts from another, got 1 image");
  }
  const { source, batchSize, features, featureSize, logits, stepSize, radius, seed } = options;
  const starts = new Feed(gpu, source, { batchSize });
  const targets = new Feed(gpu, source, { batchSize });
  const goal = new Variable("goal features", f32(batchSize, featureSize));
  const first = new Variable("first distance", f32(batchSize, 1));
  const labels = new Variable("carried labels", u32(batchSize));
  const choice = stream(seed, "feature-matching starts");
  const walk = await Walk.compile(gpu, {
    label: "match",
    batchSize,
    imageShape: starts.imageShape,
    objective: (images) => exampleNorm(sub(features(images), goal), "L2"),
    threatModel: l2(radius),
    stepSize: -stepSize,
    stream: choice,
  });
  const distance = (images: Variable) => exampleNorm(sub(features(asTensor(images)), goal), "L2");
  const aim = await Program.compile(gpu, "match aim", () => assign(goal, features(targets.images())));
  const measure = await Program.compile(gpu, "match measure", () => assign(first, distance(walk.origin)));
  const result = await construct(gpu, options, {
    walk,
    starts,
    // One of the other images: a shift of 1 to count - 1, all equally likely.
    startOf: (example) => (example + 1 + choice.below(source.count - 1, { step: 0, example })) % source.count,
    labelOf: (example) => source.labels[example],
    prepare: (examples, carried) => {
      targets.load(examples);
      write(gpu, labels, carried);
      aim.run();
      measure.run();
    },
    judge: () => ({
      // The tiny number matters only where both images have the same features from the start: 0 is left then.
      remaining: div(distance(walk.images), addScalar(first, 1e-12)),
      reached: logits && correct(logits(asTensor(walk.images)), labels),
    }),
  });
  for (const part of [walk, aim, measure, starts, targets]) part.dispose();
  release(gpu, [goal, first, labels]);
  return result;
}
