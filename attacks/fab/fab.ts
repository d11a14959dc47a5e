/** The Fast Adaptive Boundary attack, targeted and untargeted. */

import { gradients } from "../../engine/autograd.ts";
import type { Gpu } from "../../engine/device.ts";
import { asTensor } from "../../engine/graph.ts";
import { correct } from "../../engine/ops/correct.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { fill } from "../../engine/ops/fill.ts";
import { Program } from "../../engine/program.ts";
import type { Stream } from "../../engine/random.ts";
import { f32, formatShape, type Shape, u32 } from "../../engine/shape.ts";
import { type Tensor, Variable } from "../../engine/tensor.ts";
import { release } from "../../engine/variables.ts";
import { logitDifference } from "../losses/logit_difference.ts";
import type { LogitsFn } from "../pgd.ts";
import { makeSlotInputs, type SlotAttack, type SlotInputs } from "../slots/slot_attack.ts";
import { fabBegin } from "./fab_begin.ts";
import { fabKeep } from "./fab_keep.ts";
import { fabStepImages } from "./fab_step.ts";

/** Settings of FAB; the defaults are AutoAttack's. */
export interface FabOptions {
  /** For messages: "fab-t". */
  readonly name: string;
  readonly logits: LogitsFn;
  /** Of the logits. */
  readonly classes: number;
  /** Against one class after another, or against the nearest one at each iteration. */
  readonly targeted: boolean;
  readonly norm: Norm;
  /** An example is fooled as soon as its norm is at most this; null: the smallest norm over all runs is searched. */
  readonly eps: number | null;
  /** Examples at once. */
  readonly slots: number;
  /** [H, W, C]. */
  readonly imageShape: Shape;
  /** Classes aimed at in turn, for each example; 1 where untargeted. */
  readonly targets: number;
  /** Of a run. Default 100. */
  readonly iterations?: number;
  /** Runs against each target: the first from the clean image, others from random points. Default 1. */
  readonly restarts?: number;
  /** The most weight of the clean image's projection. Default 0.1. */
  readonly alphaMax?: number;
  /** Lengths that a step goes. Default 1.05. */
  readonly eta?: number;
  /** What is left of the way from the clean image after a misclassified point. Default 0.9. */
  readonly beta?: number;
  /** Where random starts come from. */
  readonly stream: Stream;
}

/** Twice the distance of random starts where there is no eps and no norm is known yet: the official attack's eps. */
const START_RADIUS: Readonly<Record<Norm, number>> = { Linf: 0.3, L2: 1 };

/**
 * FAB: the smallest perturbation that changes the class. Each iteration linearises the difference f = z_t - z_y of the
 * target's and the label's logit at the image x, and steps towards the plane where it is 0:
 * x := clip((1 - alpha) (x + eta d1) + alpha (x0 + eta d2)), with d1 and d2 the shortest steps there from x and from the
 * clean image x0 within the pixel range, alpha = min(a1 / (a1 + a2), alphaMax), a the norm of d. A misclassified x (as
 * whatever class) is kept if it is the nearest to x0 so far; then x := x0 + beta (x - x0).
 *
 * `score` is the norm of the nearest misclassified image over all runs of the example (1e10 before there is one), and
 * `image` that image, or the clean one.
 *
 * Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, as fra31/auto-attack runs it. Departures: an example
 * is done as soon as its norm is at most eps, where the official code goes on to make it smaller, with the same verdict;
 * planes are found to float32 by Newton's method, where it bisects over sorted values; draws are an example's own.
 */
export class Fab implements SlotAttack {
  readonly name: string;
  readonly inputs: SlotInputs;
  readonly state: readonly Variable[];
  readonly image: Variable;
  readonly ticks: number;
  readonly #gpu: Gpu;
  readonly #program: Program;

  private constructor(
    gpu: Gpu,
    program: Program,
    parts: Pick<SlotAttack, "name" | "inputs" | "state" | "image" | "ticks">,
  ) {
    this.#gpu = gpu;
    this.#program = program;
    this.name = parts.name;
    this.inputs = parts.inputs;
    this.state = parts.state;
    this.image = parts.image;
    this.ticks = parts.ticks;
  }

  /**
   * Compiles the attack.
   *
   * @throws {RangeError} If a number is out of its range.
   */
  static async compile(gpu: Gpu, options: FabOptions): Promise<Fab> {
    checkOptions(options);
    const { name, logits, norm, eps, slots, imageShape, targets, stream } = options;
    const { iterations = 100, restarts = 1, alphaMax = 0.1, eta = 1.05, beta = 0.9 } = options;
    const inputs = makeSlotInputs(name, { slots, imageShape, targets });
    const { origin, labels, examples, slot, score } = inputs;
    const images = new Variable(`${name} images`, f32(slots, ...imageShape));
    const image = new Variable(`${name} image`, f32(slots, ...imageShape));
    const target = new Variable(`${name} target`, u32(slots));
    const state = [images, image, target], runs = restarts * targets;
    const program = await Program.compile(gpu, name, () => {
      fabBegin(images, {
        ...{ origin, slot, examples, image, score },
        goal: { targets: inputs.targets, target },
        ...{ norm, restarts, radius: eps ?? START_RADIUS[norm], key: stream.key },
      });
      const x = asTensor(images);
      const difference = logitDifference(logits(x), { a: target, b: labels });
      const gradient = inputGradient(difference, x);
      fabStepImages(images, { gradient, difference, origin, slot, norm, alphaMax, eta });
      const right = correct(logits(x), labels);
      fabKeep(images, { right, origin, image, score, slot, norm, eps, beta, iterations, runs });
    }, { perExample: [...Object.values(inputs), ...state], keepConstants: true });
    const ticks = iterations * runs;
    return new Fab(gpu, program, { name, inputs, state, image, ticks });
  }

  /** Kernels that a tick starts. */
  get dispatches(): number {
    return this.#program.dispatches;
  }

  tick(slots: number): void {
    this.#program.run({ examples: slots });
  }

  dispose(): void {
    this.#program.dispose();
    release(this.#gpu, [...Object.values(this.inputs), ...this.state]);
  }
}

/** The gradient of each example's number with respect to its own image. */
function inputGradient(values: Tensor, images: Tensor): Tensor {
  return gradients(values, [images], { seed: fill(values.shape, 1) })[0];
}

function checkOptions(options: FabOptions): void {
  const { name, classes, targeted, eps, slots, imageShape, targets, iterations = 100, restarts = 1 } =
    options;
  const { alphaMax = 0.1, eta = 1.05, beta = 0.9 } = options;
  const check = (fits: boolean, expected: string, given: unknown) => {
    if (!fits) throw new RangeError(`Cannot make ${name}: expected ${expected}, got ${given}`);
  };
  for (const [what, value] of Object.entries({ slots, iterations, restarts, targets })) {
    check(Number.isInteger(value) && value >= 1, `a whole number of ${what} from 1`, value);
  }
  check(Number.isInteger(classes) && classes >= 2, "at least 2 classes", classes);
  check(
    targeted ? targets < classes : targets === 1,
    targeted ? `fewer targets than the ${classes} classes` : "1 target where there is none to aim at",
    targets,
  );
  check(eps === null || (eps > 0 && Number.isFinite(eps)), "eps above 0, or null", eps);
  check(imageShape.length === 3, "an image shape [H, W, C]", formatShape(imageShape));
  check(alphaMax >= 0 && alphaMax <= 1, "alphaMax in [0, 1]", alphaMax);
  check(eta >= 1 && Number.isFinite(eta), "eta from 1", eta);
  check(beta > 0 && beta <= 1, "beta in (0, 1]", beta);
}
