/** The walk that PGD, feature matching and attacks on other losses share: step, project, repeat. */

import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { add } from "../../engine/ops/arithmetic.ts";
import { assign } from "../../engine/ops/assign.ts";
import { exampleNorm } from "../../engine/ops/example_norm.ts";
import { fill } from "../../engine/ops/fill.ts";
import { sumAll } from "../../engine/ops/reduce_sum.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { unusable } from "../../engine/ops/steps.ts";
import { Pace } from "../../engine/device/pace.ts";
import { Program } from "../../engine/program/program.ts";
import type { Stream } from "../../common/random.ts";
import { f32, type Shape, u32 } from "../../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { release, write } from "../../engine/graph/variables.ts";
import type { ThreatModel } from "../threat_model/threat_model.ts";

/** What an objective may use beside the images: variables of the walk. */
export interface WalkInputs {
  /** Images the walk started from, [B, H, W, C]. */
  readonly origin: Variable;
  /** Numbers of the examples in their data set, [B]. */
  readonly examples: Variable;
}

/** What a walk climbs (or descends): one number per example, or anything whose sum is meant. */
export type Objective = (images: Tensor, inputs: WalkInputs) => Tensor;

/** How a walk goes. */
export interface WalkOptions {
  readonly label: string;
  /** Images at once. */
  readonly batchSize: number;
  /** [H, W, C]. */
  readonly imageShape: Shape;
  readonly objective: Objective;
  readonly threatModel: ThreatModel;
  /** Positive to maximise the objective, negative to minimise it. */
  readonly stepSize: number;
  /** Where random starts come from. */
  readonly stream: Stream;
  /** Count steps without a usable gradient in `still`. Default false. */
  readonly watch?: boolean;
}

/**
 * A compiled walk over one batch. Set `origin` (and whatever the objective reads), call `start`, then `step` or `take`
 * as often as wished; `images` holds where it stands. Nothing is read back and nothing allocated on the way.
 */
export class Walk {
  /** Images the walk started from and stays around, [B, H, W, C]. */
  readonly origin: Variable;
  /** Where the walk stands, [B, H, W, C]. */
  readonly images: Variable;
  /** Numbers of the examples in their data set, [B]: random starts are drawn for these. */
  readonly examples: Variable;
  /** Steps since the start in which an example's gradient was 0 or not finite, [B, 1]; null where not watched. */
  readonly still: Variable | null;
  readonly #gpu: Gpu;
  readonly #restart: Variable;
  readonly #programs: { readonly keep: Program; readonly random: Program | null; readonly step: Program };

  private constructor(
    gpu: Gpu,
    variables: Record<"origin" | "images" | "examples" | "restart", Variable> & { still: Variable | null },
    programs: {
      keep: Program;
      random: Program | null;
      step: Program;
    },
  ) {
    this.#gpu = gpu;
    this.origin = variables.origin;
    this.images = variables.images;
    this.examples = variables.examples;
    this.still = variables.still;
    this.#restart = variables.restart;
    this.#programs = programs;
  }

  /** Compiles a walk. */
  static async compile(gpu: Gpu, options: WalkOptions): Promise<Walk> {
    const { label, batchSize, imageShape, objective, threatModel, stepSize, stream, watch = false } = options;
    const origin = new Variable(`${label} origin`, f32(batchSize, ...imageShape));
    const images = new Variable(`${label} images`, f32(batchSize, ...imageShape));
    const examples = new Variable(`${label} examples`, u32(batchSize));
    const restart = new Variable(`${label} restart`, u32());
    const still = watch ? new Variable(`${label} still`, f32(batchSize, 1)) : null;
    const forget = () => {
      if (still !== null) assign(still, fill(still.shape, 0));
    };
    const keep = await Program.compile(gpu, `${label} keep`, () => {
      assign(images, origin);
      forget();
    });
    const random = threatModel.eps === null ? null : await Program.compile(
      gpu,
      `${label} start`,
      () => {
        assign(images, threatModel.randomStart(origin, { examples, step: restart, stream }));
        forget();
      },
    );
    const step = await Program.compile(gpu, `${label} step`, () => {
      const now = asTensor(images);
      const [gradient] = gradients(sumAll(objective(now, { origin, examples })), [now]);
      assign(images, threatModel.project(threatModel.step(now, gradient, { stepSize }), origin));
      if (still !== null) {
        const size = reshape(exampleNorm(gradient, "Linf"), still.shape);
        assign(still, add(still, unusable(size)));
      }
    }, { perExample: [origin, images, examples, ...(still === null ? [] : [still])] });
    return new Walk(gpu, { origin, images, examples, restart, still }, { keep, random, step });
  }

  /** Multiplications and additions of one step. */
  get flops(): number {
    return this.#programs.step.flops;
  }

  /** Kernels that one step starts. */
  get dispatches(): number {
    return this.#programs.step.dispatches;
  }

  /** Goes to the origin, or to a random point around it: another one for each `restart`. */
  start({ random, restart = 0 }: { random: boolean; restart?: number }): void {
    if (!random) return this.#programs.keep.run();
    if (this.#programs.random === null) {
      throw new RangeError("Cannot start at random: the threat model has no eps");
    }
    write(this.#gpu, this.#restart, Uint32Array.of(restart));
    this.#programs.random.run();
  }

  /** Submits `count` steps at once. */
  step(count = 1): void {
    for (let i = 0; i < count; i++) this.#programs.step.run();
  }

  /**
   * Takes `count` steps, however many, at the device's pace.
   *
   * @throws The reason of the signal that the device heeds, once that is aborted.
   */
  async take(count: number): Promise<void> {
    const pace = new Pace(this.#gpu);
    for (let i = 0; i < count; i++) {
      this.step();
      await pace.step();
    }
  }

  /** Frees its memory. */
  dispose(): void {
    const { keep, random, step } = this.#programs;
    for (const program of [keep, random, step]) program?.dispose();
    const still = this.still === null ? [] : [this.still];
    release(this.#gpu, [this.origin, this.images, this.examples, this.#restart, ...still]);
  }
}
