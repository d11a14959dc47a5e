/** Projected gradient walk: step, project, repeat. PGD, feature matching and attacks on other losses share it. */

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

/** What an objective may read besides the images: variables of the walk. */
export interface WalkInputs {
  /** Images that the walk starts from, [B, H, W, C]. */
  readonly origin: Variable;
  /** Numbers of the examples in their data set, [B]. */
  readonly examples: Variable;
}

/** Objective of a walk: one number per example, or a tensor whose sum is meant. */
export type Objective = (images: Tensor, inputs: WalkInputs) => Tensor;

/** Settings of a walk. */
export interface WalkOptions {
  readonly label: string;
  /** Images per batch. */
  readonly batchSize: number;
  /** [H, W, C]. */
  readonly imageShape: Shape;
  readonly objective: Objective;
  readonly threatModel: ThreatModel;
  /** Positive to maximise the objective, negative to minimise it. */
  readonly stepSize: number;
  /** Stream of random starts. */
  readonly stream: Stream;
  /** Count steps without a usable gradient in `zeroGradientSteps`. Default false. */
  readonly countZeroGradients?: boolean;
}

/**
 * A compiled walk over one batch. Write `origin` (and what the objective reads), call `start`, then `step` or `take`;
 * `images` holds the current points. Steps neither read back nor allocate.
 */
export class Walk {
  /** Centres of the threat model, [B, H, W, C]. */
  readonly origin: Variable;
  /** Current points, [B, H, W, C]. */
  readonly images: Variable;
  /** Numbers of the examples in their data set, [B]; they key the random starts. */
  readonly examples: Variable;
  /** Steps since the start in which an example's gradient was 0 or not finite, [B, 1]; null if not counted. */
  readonly zeroGradientSteps: Variable | null;
  readonly #gpu: Gpu;
  readonly #restart: Variable;
  readonly #programs: { readonly origin: Program; readonly random: Program | null; readonly step: Program };

  private constructor(
    gpu: Gpu,
    variables: Record<"origin" | "images" | "examples" | "restart", Variable> & {
      zeroGradientSteps: Variable | null;
    },
    programs: {
      origin: Program;
      random: Program | null;
      step: Program;
    },
  ) {
    this.#gpu = gpu;
    this.origin = variables.origin;
    this.images = variables.images;
    this.examples = variables.examples;
    this.zeroGradientSteps = variables.zeroGradientSteps;
    this.#restart = variables.restart;
    this.#programs = programs;
  }

  /** Compiles a walk. */
  static async compile(gpu: Gpu, options: WalkOptions): Promise<Walk> {
    const {
      label,
      batchSize,
      imageShape,
      objective,
      threatModel,
      stepSize,
      stream,
      countZeroGradients = false,
    } = options;
    const origin = new Variable(`${label} origin`, f32(batchSize, ...imageShape));
    const images = new Variable(`${label} images`, f32(batchSize, ...imageShape));
    const examples = new Variable(`${label} examples`, u32(batchSize));
    const restart = new Variable(`${label} restart`, u32());
    const zeroGradientSteps = countZeroGradients
      ? new Variable(`${label} steps without gradient`, f32(batchSize, 1))
      : null;
    const reset = () => {
      if (zeroGradientSteps !== null) assign(zeroGradientSteps, fill(zeroGradientSteps.shape, 0));
    };
    const atOrigin = await Program.compile(gpu, `${label} origin`, () => {
      assign(images, origin);
      reset();
    });
    const random = threatModel.eps === null ? null : await Program.compile(
      gpu,
      `${label} start`,
      () => {
        assign(images, threatModel.randomStart(origin, { examples, step: restart, stream }));
        reset();
      },
    );
    const step = await Program.compile(gpu, `${label} step`, () => {
      const now = asTensor(images);
      const [gradient] = gradients(sumAll(objective(now, { origin, examples })), [now]);
      assign(images, threatModel.project(threatModel.step(now, gradient, { stepSize }), origin));
      if (zeroGradientSteps !== null) {
        const size = reshape(exampleNorm(gradient, "Linf"), zeroGradientSteps.shape);
        assign(zeroGradientSteps, add(zeroGradientSteps, unusable(size)));
      }
    }, {
      perExample: [origin, images, examples, ...(zeroGradientSteps === null ? [] : [zeroGradientSteps])],
    });
    return new Walk(gpu, { origin, images, examples, restart, zeroGradientSteps }, {
      origin: atOrigin,
      random,
      step,
    });
  }

  /** Multiplications and additions of one step. */
  get flops(): number {
    return this.#programs.step.flops;
  }

  /** Kernel dispatches of one step. */
  get dispatches(): number {
    return this.#programs.step.dispatches;
  }

  /** Starts at the origin, or at a random point around it, fresh for each `restart`. */
  start({ random, restart = 0 }: { random: boolean; restart?: number }): void {
    if (!random) return this.#programs.origin.run();
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
   * Takes `count` steps at the device's pace, so that any number of them is possible.
   *
   * @throws The reason of the signal that the device heeds, once it is aborted.
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
    const { origin, random, step } = this.#programs;
    for (const program of [origin, random, step]) program?.dispose();
    const zeroGradientSteps = this.zeroGradientSteps === null ? [] : [this.zeroGradientSteps];
    release(this.#gpu, [this.origin, this.images, this.examples, this.#restart, ...zeroGradientSteps]);
  }
}
