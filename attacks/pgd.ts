/** Projected gradient descent on the cross-entropy, untargeted and targeted. */

import type { Gpu } from "../engine/device.ts";
import { mul } from "../engine/ops/arithmetic.ts";
import { assign } from "../engine/ops/assign.ts";
import { correct } from "../engine/ops/correct.ts";
import { crossEntropy } from "../engine/ops/cross_entropy.ts";
import { asTensor } from "../engine/graph.ts";
import { Program } from "../engine/program.ts";
import type { Stream } from "../engine/random.ts";
import { f32, type Shape, u32 } from "../engine/shape.ts";
import { type HostData, type Tensor, Variable } from "../engine/tensor.ts";
import { release, write } from "../engine/variables.ts";
import type { ThreatModel } from "./threat_model.ts";
import { Walk } from "./walk.ts";

/** A classifier: images [B, H, W, C] -> logits [B, classes]. */
export type LogitsFn = (images: Tensor) => Tensor;

/** Settings of PGD. */
export interface PgdOptions {
  readonly logits: LogitsFn;
  readonly threatModel: ThreatModel;
  readonly batchSize: number;
  /** [H, W, C]. */
  readonly imageShape: Shape;
  /** In pixel units; in L2 the length of a step. */
  readonly stepSize: number;
  readonly steps: number;
  /** Runs from other random points; an example counts as correct only if it is after each. Default 1. */
  readonly restarts?: number;
  /** Start in a random point of the threat model instead of the image itself. Default true. */
  readonly randomStart?: boolean;
  /** Approach the label given, instead of moving away from it. Default false. */
  readonly targeted?: boolean;
  readonly stream: Stream;
}

/** What PGD found for one batch. */
export interface PgdOutcome {
  /** 1 where the prediction is the label on the image itself, [B]. */
  readonly cleanCorrect: HostData;
  /** 1 where it is the label on the image and after every restart, [B]. */
  readonly robustCorrect: HostData;
  /** Distance of the last restart's images in the threat model's norm, [B]. */
  readonly distance: HostData;
}

/**
 * PGD over batches of one size. Source: Madry et al. 2018, https://arxiv.org/abs/1706.06083; the last point of
 * each restart is judged. Example numbers key the random starts, so batch size and order change nothing.
 */
export class Pgd {
  /** Labels to move away from, or to approach if targeted, [B]. */
  readonly labels: Variable;
  readonly walk: Walk;
  readonly #gpu: Gpu;
  readonly #options: PgdOptions;
  readonly #robust: Variable;
  readonly #judgeClean: Program;
  readonly #judge: Program;

  private constructor(gpu: Gpu, options: PgdOptions, parts: {
    labels: Variable;
    walk: Walk;
    robust: Variable;
    judgeClean: Program;
    judge: Program;
  }) {
    this.#gpu = gpu;
    this.#options = options;
    this.labels = parts.labels;
    this.walk = parts.walk;
    this.#robust = parts.robust;
    this.#judgeClean = parts.judgeClean;
    this.#judge = parts.judge;
  }

  /**
   * Compiles the attack.
   *
   * @throws {RangeError} If steps or restarts are not positive integers or the step size is not positive.
   */
  static async compile(gpu: Gpu, options: PgdOptions): Promise<Pgd> {
    const { logits, threatModel, batchSize, imageShape, stepSize, steps, restarts = 1, targeted = false } =
      options;
    if (
      !Number.isInteger(steps) || steps < 0 || !Number.isInteger(restarts) || restarts < 1 || !(stepSize > 0)
    ) {
      throw new RangeError(
        `Cannot make PGD: expected steps >= 0, restarts >= 1 and a step size above 0, got ${steps}, ${restarts} and ${stepSize}`,
      );
    }
    const labels = new Variable("pgd labels", u32(batchSize));
    const robust = new Variable("pgd robust", f32(batchSize, 1));
    const walk = await Walk.compile(gpu, {
      label: "pgd",
      batchSize,
      imageShape,
      objective: (images) => crossEntropy(logits(images), labels),
      threatModel,
      stepSize: targeted ? -stepSize : stepSize,
      stream: options.stream,
    });
    const judgeClean = await Program.compile(gpu, "pgd judge clean", () => {
      const right = correct(logits(asTensor(walk.origin)), labels);
      assign(robust, right);
      return { right };
    });
    const judge = await Program.compile(gpu, "pgd judge", () => {
      const right = mul(robust, correct(logits(asTensor(walk.images)), labels));
      assign(robust, right);
      return { right, distance: threatModel.distance(walk.images, walk.origin) };
    });
    return new Pgd(gpu, options, { labels, walk, robust, judgeClean, judge });
  }

  /** Sets the batch: images [B, H, W, C], labels [B], example numbers [B]. */
  setBatch(
    { images, labels, examples }: { images: Float32Array; labels: Uint32Array; examples: Uint32Array },
  ): void {
    write(this.#gpu, this.walk.origin, images);
    write(this.#gpu, this.labels, labels);
    write(this.#gpu, this.walk.examples, examples);
  }

  /** Walks once, from the start of `restart`; the images are left in `walk.images`. */
  perturb(restart = 0): void {
    const { steps, randomStart = true } = this.#options;
    this.walk.start({ random: randomStart, restart });
    this.walk.step(steps);
  }

  /** Attacks the batch with all restarts and judges every image. */
  async run(): Promise<PgdOutcome> {
    const { restarts = 1 } = this.#options;
    this.#judgeClean.run();
    for (let restart = 0; restart < restarts; restart++) {
      this.perturb(restart);
      this.#judge.run();
    }
    const [cleanCorrect, robustCorrect, distance] = await Promise.all([
      this.#judgeClean.read("right"),
      this.#judge.read("right"),
      this.#judge.read("distance"),
    ]);
    return { cleanCorrect, robustCorrect, distance };
  }

  /** Frees its memory. */
  dispose(): void {
    this.walk.dispose();
    this.#judge.dispose();
    this.#judgeClean.dispose();
    release(this.#gpu, [this.labels, this.#robust]);
  }
}
