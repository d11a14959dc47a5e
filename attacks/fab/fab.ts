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
  type FullFabOptions,
  makeFabVariables,
  recordIteration,
  stateOf,
} from "./_record.ts";

/** Settings of FAB; the defaults are AutoAttack's. */
export interface FabOptions {
  /** In messages: "fab-t". */
  readonly name: string;
  readonly logits: LogitsFn;
  /** Number of classes of the logits. */
  readonly classes: number;
  /** Aim at one target class after another, or at the nearest class in each iteration. */
  readonly targeted: boolean;
  readonly norm: Norm;
  /** An example is finished as soon as its norm is at most this; null: search the smallest norm over all runs. */
  readonly eps: number | null;
  /** Examples attacked at once; changes no result. */
  readonly slots: number;
  /** [H, W, C]. */
  readonly imageShape: Shape;
  /** Target classes of each example, one after another; 1 if untargeted. */
  readonly targets: number;
  /** Iterations of a run. Default 100. */
  readonly iterations?: number;
  /** Runs for each target: the first from the clean image, others from random points. Default 1. */
  readonly restarts?: number;
  /** Maximum weight of the clean image's projection. Default 0.1. */
  readonly alphaMax?: number;
  /** Overshoot: length of a step, relative to the distance to the plane. Default 1.05. */
  readonly eta?: number;
  /** After a misclassified point, the distance to the clean image is multiplied by this. Default 0.9. */
  readonly beta?: number;
  /** Keep the constants of fra31/auto-attack in comparisons and divisions of gradients. Default false. */
  readonly officialConstants?: boolean;
  /** Stream of random starts. */
  readonly stream: Stream;
}

/**
 * FAB: the smallest perturbation that changes the class. Each iteration linearises the difference f = z_t - z_y of the
 * target's and the label's logit at the image x, and steps towards the plane where it is 0:
 * x := clip((1 - alpha) (x + eta d1) + alpha (x0 + eta d2)), with d1 and d2 the shortest steps there from x and from the
 * clean image x0 within the pixel range, alpha = min(a1 / (a1 + a2), alphaMax), a the norm of d. An x that is
 * misclassified, as any class, becomes the best image if it is the nearest to x0 so far; then x := x0 + beta (x - x0).
 * Untargeted, t is the class with the nearest linearised boundary in each iteration: the smallest |f| / dual norm of its
 * gradient.
 *
 * `score` is the norm of the nearest misclassified image over all runs of the example (1e10 before the first), and
 * `image` that image, or the clean one.
 *
 * Source: Croce and Hein 2020, https://arxiv.org/abs/1907.02044, as implemented in fra31/auto-attack. Departures: an
 * example is finished as soon as its norm is at most eps, where the official code continues to reduce it, with the same
 * outcome; a power of two scales gradients before they are squared, where it skips entries below 1e-8 in L2 and adds
 * 1e-12 to dual norms (`officialConstants` does); planes
 * are found to float32 precision by Newton's method, where it bisects over sorted values; random numbers are an example's
 * own.
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
    { variables, options }: { variables: FabVariables; options: FullFabOptions },
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
   * @throws {RangeError} If a number is out of range.
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

  /** Kernel dispatches of an iteration. */
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

function withDefaults(options: FabOptions): FullFabOptions {
  const { iterations = 100, restarts = 1, alphaMax = 0.1, eta = 1.05, beta = 0.9 } = options;
  const { officialConstants = false } = options;
  return { ...options, officialConstants, iterations, restarts, alphaMax, eta, beta };
}

function checkOptions(options: FullFabOptions): void {
  const { name, classes, targeted, eps, slots, imageShape, targets, iterations, restarts } = options;
  const { alphaMax, eta, beta } = options;
  const check = (fits: boolean, expected: string, given: unknown) => {
    if (!fits) throw new RangeError(`Cannot compile attack "${name}": expected ${expected}, got ${given}`);
  };
  for (const [what, value] of Object.entries({ slots, iterations, restarts, targets })) {
    check(Number.isInteger(value) && value >= 1, `${what} to be a positive integer`, value);
  }
  check(Number.isInteger(classes) && classes >= 2, "at least 2 classes", classes);
  check(
    targeted ? targets < classes : targets === 1,
    targeted ? `fewer targets than the ${classes} classes` : "1 target where it is untargeted",
    targets,
  );
  check(eps === null || (eps > 0 && Number.isFinite(eps)), "eps above 0, or null", eps);
  check(imageShape.length === 3, "an image shape [H, W, C]", formatShape(imageShape));
  check(alphaMax >= 0 && alphaMax <= 1, "alphaMax in [0, 1]", alphaMax);
  check(eta >= 1 && Number.isFinite(eta), "eta from 1", eta);
  check(beta > 0 && beta <= 1, "beta in (0, 1]", beta);
}
