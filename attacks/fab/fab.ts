/** The Fast Adaptive Boundary attack, targeted and untargeted. */

import type { Gpu } from "../../engine/device/device.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { Program } from "../../engine/program/program.ts";
import type { Stream } from "../../common/random.ts";
import { formatShape, type Shape } from "../../engine/arrays/shape.ts";
import type { Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";
import type { SlotAttack, SlotInputs } from "../slots/slot_attack.ts";
import {
  allVariables,
  type FabVariables,
  type FullOptions,
  makeFabVariables,
  recordIteration,
  stateOf,
} from "./_record.ts";

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
  /** An example is misclassified as soon as its norm is at most this; null: the smallest norm over all runs is searched. */
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
  /** Keep the constants of fra31/auto-attack that gradients are compared with or divided by. Default false. */
  readonly officialConstants?: boolean;
  /** Where random starts come from. */
  readonly stream: Stream;
}

/**
 * FAB: the smallest perturbation that changes the class. Each iteration linearises the difference f = z_t - z_y of the
 * target's and the label's logit at the image x, and steps towards the plane where it is 0:
 * x := clip((1 - alpha) (x + eta d1) + alpha (x0 + eta d2)), with d1 and d2 the shortest steps there from x and from the
 * clean image x0 within the pixel range, alpha = min(a1 / (a1 + a2), alphaMax), a the norm of d. A misclassified x (as
 * whatever class) is kept if it is the nearest to x0 so far; then x := x0 + beta (x - x0). Untargeted, t is in each
 * iteration the class whose linearised boundary is nearest: the smallest |f| / dual norm of its gradient.
 *
 * `score` is the norm of the nearest misclassified image over all runs of the example (1e10 before there is one), and
 * `image` that image, or the clean one.
 *
 * Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, as fra31/auto-attack runs it. Departures: an example
 * is done as soon as its norm is at most eps, where the official code goes on to make it smaller, with the same verdict;
 * gradients are scaled by a power of two before they are squared, where it leaves out entries below 1e-8 in L2 and adds
 * 1e-12 to dual norms (`officialConstants` does); planes are found to float32 by Newton's method, where it bisects over sorted values; draws are an example's own.
 */
export class Fab implements SlotAttack {
  readonly name: string;
  readonly inputs: SlotInputs;
  readonly state: readonly Variable[];
  readonly image: Variable;
  readonly maxIterations: number;
  readonly #gpu: Gpu;
  readonly #program: Program;
  readonly #variables: readonly Variable[];

  private constructor(
    gpu: Gpu,
    program: Program,
    { variables, options }: { variables: FabVariables; options: FullOptions },
  ) {
    this.#gpu = gpu;
    this.#program = program;
    this.#variables = allVariables(variables);
    this.name = options.name;
    this.inputs = variables.inputs;
    this.state = stateOf(variables);
    this.image = variables.image;
    this.maxIterations = options.iterations * options.restarts * options.targets;
  }

  /**
   * Compiles the attack.
   *
   * @throws {RangeError} If a number is out of its range.
   */
  static async compile(gpu: Gpu, given: FabOptions): Promise<Fab> {
    const options = withDefaults(given);
    checkOptions(options);
    const variables = makeFabVariables(options);
    const program = await Program.compile(gpu, options.name, () => recordIteration(variables, options), {
      perExample: allVariables(variables),
      keepConstants: true,
    });
    return new Fab(gpu, program, { variables, options });
  }

  /** Kernels that a iteration starts. */
  get dispatches(): number {
    return this.#program.dispatches;
  }

  iterate(slots: number): void {
    this.#program.run({ examples: slots });
  }

  dispose(): void {
    this.#program.dispose();
    release(this.#gpu, this.#variables);
  }
}

function withDefaults(options: FabOptions): FullOptions {
  const { iterations = 100, restarts = 1, alphaMax = 0.1, eta = 1.05, beta = 0.9 } = options;
  const { officialConstants = false } = options;
  return { ...options, officialConstants, iterations, restarts, alphaMax, eta, beta };
}

function checkOptions(options: FullOptions): void {
  const { name, classes, targeted, eps, slots, imageShape, targets, iterations, restarts } = options;
  const { alphaMax, eta, beta } = options;
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
