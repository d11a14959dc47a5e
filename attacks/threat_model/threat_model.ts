/** Norm-bounded threat models: projection, step, random start, distance. */

import { add, div, scale, sub } from "../../engine/ops/arithmetic.ts";
import { exampleNorm, type Norm } from "../../engine/ops/example_norm.ts";
import { randomImages, type RandomSource } from "../../engine/ops/random_images.ts";
import { ballProject, boxProject, clipPixels, normStep, signStep } from "../../engine/ops/steps.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";

/** A perturbation stays within `eps` of the original in `norm`, and within the pixel range. */
export interface ThreatModel {
  readonly norm: Norm;
  /** In [0, 1] pixel units; null for no bound but the pixel range. */
  readonly eps: number | null;
  /** Projection of `x` into the threat model; `linf` and `l2` say how exact. */
  project(x: Tensor, origin: Value): Tensor;
  /** A step of size `stepSize` along the steepest direction of the norm; a negative one descends. */
  step(x: Value, gradient: Tensor, options: { stepSize: number }): Tensor;
  /** A random starting point around `origin`, keyed by the example, independent of the batch. */
  randomStart(origin: Value, source: RandomSource): Tensor;
  /** Distance of each example, [B, 1, …]. */
  distance(x: Value, origin: Value): Tensor;
}

/**
 * L-infinity: every pixel within eps. Steps along the sign of the gradient; starts uniformly in the box;
 * projection is exact. Source: Madry et al. 2018, https://arxiv.org/abs/1706.06083.
 *
 * @throws {RangeError} If eps is not in [0, 1].
 */
export function linf(eps: number): ThreatModel {
  if (!(eps >= 0 && eps <= 1)) {
    throw new RangeError(`Cannot make threat model: L-infinity eps must be in [0, 1], got ${eps}`);
  }
  return {
    norm: "Linf",
    eps,
    project: (x, origin) => boxProject(x, origin, { eps }),
    step: (x, gradient, { stepSize }) => signStep(x, gradient, { stepSize }),
    randomStart: (origin, source) =>
      boxProject(add(origin, scale(noise(origin, source, "uniform"), eps)), origin, { eps }),
    distance: (x, origin) => exampleNorm(sub(x, origin), "Linf"),
  };
}

/**
 * L2: each image within eps in Euclidean distance. Steps along the gradient scaled to norm 1 per example; starts at
 * distance eps in a random direction. Projection pulls back to the ball, then clips to the pixel range, as is
 * usual: the result is within both, but not the nearest such point.
 *
 * @throws {RangeError} If eps is negative or not a number.
 */
export function l2(eps: number | null): ThreatModel {
  if (eps !== null && !(eps >= 0)) {
    throw new RangeError(`Cannot make threat model: L2 eps must be at least 0, got ${eps}`);
  }
  const project = (x: Tensor, origin: Value) =>
    eps === null
      ? clipPixels(x)
      : ballProject(x, origin, { distance: exampleNorm(sub(x, origin), "L2"), eps });
  return {
    norm: "L2",
    eps,
    project,
    step: (x, gradient, { stepSize }) =>
      normStep(x, gradient, { norm: exampleNorm(gradient, "L2"), stepSize }),
    randomStart: (origin, source) => {
      if (eps === null) throw new RangeError("Cannot start at random: the threat model has no eps");
      const direction = noise(origin, source, "normal");
      const length = exampleNorm(direction, "L2");
      return project(add(origin, scale(div(direction, length), eps)), origin);
    },
    distance: (x, origin) => exampleNorm(sub(x, origin), "L2"),
  };
}

/** The threat model of a norm by name. */
export function threatModel(norm: Norm, eps: number): ThreatModel {
  return norm === "Linf" ? linf(eps) : l2(eps);
}

function noise(origin: Value, source: RandomSource, distribution: "uniform" | "normal"): Tensor {
  return randomImages(origin.shape.slice(1), { ...source, distribution });
}
