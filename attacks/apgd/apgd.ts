/** Auto-PGD over slots: projected gradient ascent with momentum that halves its own step. */

import type { Gpu } from "../../engine/device/device.ts";
import { add, scale } from "../../engine/ops/arithmetic.ts";
import { assign } from "../../engine/ops/assign.ts";
import { fill } from "../../engine/ops/fill.ts";
import { Program } from "../../engine/program/program.ts";
import { stream as makeStream } from "../../common/random.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { type Value, Variable } from "../../engine/graph/tensor.ts";
import { release, write } from "../../engine/graph/variables.ts";
import { makeSlotInputs, type SlotAttack, type SlotInputs, slotVariables } from "../slots/slot_attack.ts";
import { evaluatePoints, type PointEvaluation } from "./_evaluate.ts";
import { apgdUpdateState } from "./apgd_update_state.ts";
import { apgdUpdateBest } from "./apgd_update_best.ts";
import { apgdStep } from "./apgd_step.ts";
import { type ApgdOptions, fillSettings, type FullSettings } from "./apgd_options.ts";
import { eotKeys } from "./eot_keys.ts";
import { pickTarget } from "./pick_target.ts";

/**
 * Auto-PGD. From a start x within the threat model (random, or the clean image) each of N iterations computes
 *
 *     z = P(x + step d),  next = P(x + a (z - x) + (1 - a) (x - previous)),  a = 1 at first, then 0.75,
 *
 * with d the sign of the loss's gradient (Linf) or the gradient at length 1 (L2), and P the projection, see
 * apgd_step.wgsl. The step starts at 2 eps. At checkpoints (22, 41, 57, 70, 80, 87, 93 and 99 of 100 iterations) it is
 * halved, and the walk returns to the best point and its gradient, if at most rho of the iterations since the last
 * checkpoint increased the loss, or if the last checkpoint did not halve and the best loss has not changed since. A run
 * counts N + 1 iterations: iteration 0 evaluates the start.
 *
 * With the goal "fool", a slot ends as misclassified at its first misclassified point, the start included, and `score`
 * is the loss there; in a robust slot `score` and `image` belong to the last run's best point. With "maximise" every
 * slot ends as robust, and they belong to the best point of all runs.
 *
 * The outcome does not depend on the scale of the logits as long as float32 holds logits and gradients: the length of a
 * gradient has full precision at any size, and the cross-entropy is maximised as its log odds, which rise with it, do not
 * saturate at 0 and do not vanish next to log(classes). A gradient that is 0 or not finite moves nothing.
 *
 * Source: Croce and Hein 2020, https://arxiv.org/abs/2003.01690, as implemented in fra31/auto-attack: when increases are
 * counted, the first iteration's DLR loss is compared with 0, not with the start's loss (a cross-entropy counts as an
 * increase there); after a return to the best point, `previous` stays the point before the return. Departures: that code
 * moves misclassified examples on until their batch ends and keeps the last misclassified point; the prediction is the
 * same. Random starts depend only on the example's number, the run and the stream, not on the batch.
 */
export class Apgd implements SlotAttack {
  readonly name: string;
  readonly inputs: SlotInputs;
  readonly state: readonly Variable[];
  readonly image: Variable;
  readonly maxIterations: number;
  readonly #gpu: Gpu;
  readonly #eotSamples: number;
  readonly #scratch: Scratch;
  readonly #programs: Programs;

  private constructor(gpu: Gpu, settings: FullSettings, parts: {
    inputs: SlotInputs;
    state: State;
    scratch: Scratch;
    programs: Programs;
  }) {
    const { inputs, state, scratch, programs } = parts;
    this.#gpu = gpu;
    this.name = settings.name;
    this.inputs = inputs;
    this.state = Object.values(state);
    this.image = state.image ?? state.best;
    this.maxIterations = settings.runs * (settings.iterations + 1);
    this.#eotSamples = settings.eotSamples;
    this.#scratch = scratch;
    this.#programs = programs;
  }

  /**
   * Compiles the attack.
   *
   * @throws {RangeError} If a setting is out of range, an objective is not [B, 1], or logits are not [B, classes].
   */
  static async compile(gpu: Gpu, options: ApgdOptions): Promise<Apgd> {
    const settings = fillSettings(options), { name, eotSamples, stream } = settings;
    const inputs = makeSlotInputs(name, settings), state = makeState(settings);
    const scratch = makeScratch(settings), { sample, ...sums } = scratch;
    const eotStream = makeStream(stream.seed, `${stream.purpose}/draws`);
    const dlr = "loss" in options && options.loss !== "ce";
    const before = dlr || settings.officialConstants ? 0 : null;
    const step = () => apgdStep({ ...inputs, ...state }, { ...settings, key: stream.key });
    const evaluate = () => {
      const target = pickTarget(inputs.slot, inputs.targets, settings);
      const eot = { examples: eotKeys(inputs.slot, inputs.examples, { stream: eotStream }), sample };
      return evaluatePoints(options, { points: state.points, inputs: { ...inputs, target, eot } });
    };
    const finish = ({ loss, right, gradient }: PointEvaluation<Value>) => {
      const actions = apgdUpdateState({ ...inputs, ...state, loss, right }, { ...settings, before });
      apgdUpdateBest({ ...state, fresh: gradient, actions });
    };
    const perExample = [...slotVariables({ inputs, state: Object.values(state) }), ...Object.values(sums)];
    const compile = (label: string, build: () => void) =>
      Program.compile(gpu, `${name} ${label}`, build, {
        perExample,
        varying: [scratch.sample],
        keepConstants: true,
      });
    const programs = eotSamples === 1
      ? {
        iteration: await compile("iteration", () => {
          step();
          finish(evaluate());
        }),
      }
      : {
        begin: await compile("step", () => {
          step();
          assign(sums.gradient, fill(sums.gradient.shape, 0));
        }),
        evaluate: await compile("evaluation", () => {
          const { loss, right, gradient } = evaluate();
          assign(sums.loss, loss);
          assign(sums.right, right);
          assign(sums.gradient, add(sums.gradient, gradient));
        }),
        finish: await compile("update", () => {
          finish({ ...sums, gradient: scale(sums.gradient, 1 / eotSamples) });
        }),
      };
    return new Apgd(gpu, settings, { inputs, state, scratch, programs });
  }

  /** One iteration of the first `slots` slots; running ones beyond them are left undefined. */
  iterate(slots: number): void {
    const part = { examples: slots }, programs = this.#programs;
    if ("iteration" in programs) return programs.iteration.run(part);
    programs.begin.run(part);
    for (let sample = 0; sample < this.#eotSamples; sample++) {
      write(this.#gpu, this.#scratch.sample, Uint32Array.of(sample));
      programs.evaluate.run(part);
    }
    programs.finish.run(part);
  }

  /** Frees its memory, inputs and state too. */
  dispose(): void {
    for (const program of Object.values(this.#programs)) program.dispose();
    release(this.#gpu, [...slotVariables(this), ...Object.values(this.#scratch)]);
  }
}

/** An iteration in one program, or in three of which the middle one runs once for each EOT sample. */
type Programs = { readonly iteration: Program } | {
  readonly begin: Program;
  readonly evaluate: Program;
  readonly finish: Program;
};

/** A slot's variables besides its inputs; apgd_update_state.wgsl describes `progress`. */
type State =
  & Readonly<Record<"points" | "previous" | "best" | "gradient" | "bestGradient" | "progress", Variable>>
  & { readonly image?: Variable };

function makeState({ name, slots, imageShape, goal, runs }: FullSettings): State {
  const image = (of: string) => new Variable(`${name} ${of}`, f32(slots, ...imageShape));
  return {
    points: image("points"),
    previous: image("previous points"),
    best: image("best points"),
    gradient: image("gradient"),
    bestGradient: image("best gradient"),
    progress: new Variable(`${name} progress`, f32(slots, 8)),
    ...(goal === "maximise" && runs > 1 ? { image: image("best points of all runs") } : {}),
  };
}

/** Variables within an iteration: the EOT sample, and sums over samples. */
type Scratch = PointEvaluation<Variable> & { readonly sample: Variable };

function makeScratch({ name, slots, imageShape }: FullSettings): Scratch {
  return {
    sample: new Variable(`${name} EOT sample`, u32()),
    loss: new Variable(`${name} loss`, f32(slots, 1)),
    right: new Variable(`${name} right`, f32(slots, 1)),
    gradient: new Variable(`${name} gradient sum`, f32(slots, ...imageShape)),
  };
}
