/** Projected gradient descent on the cross-entropy, untargeted and targeted. */

import type { Gpu } from "../../engine/device/device.ts";
import { add, scale, sub } from "../../engine/ops/arithmetic.ts";
import { correct } from "../../engine/ops/correct.ts";
import { fill } from "../../engine/ops/fill.ts";
import { unusable } from "../../engine/ops/steps.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { Program } from "../../engine/program/program.ts";
import type { Stream } from "../../common/random.ts";
import { type Shape, u32 } from "../../engine/arrays/shape.ts";
import { type HostData, type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { release, write } from "../../engine/graph/variables.ts";
import { diagnoseLogits, DIAGNOSTIC } from "../diagnostics/logit_diagnostics.ts";
import { logOdds } from "../losses/log_odds.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";
import type { ThreatModel } from "../threat_model/threat_model.ts";
import { Walk } from "../walk/walk.ts";

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
  /** Runs from different random points; the worst outcome counts. Default 1. */
  readonly restarts?: number;
  /** Start at a random point of the threat model instead of the image itself. Default true. */
  readonly randomStart?: boolean;
  /** Approach the given label instead of moving away from it. Default false. */
  readonly targeted?: boolean;
  readonly stream: Stream;
}

/** Outcome of PGD for one batch. */
export interface PgdOutcome {
  /** 1 where the image itself is predicted as its label, [B]. */
  readonly before: Uint8Array;
  /**
   * Untargeted: 1 where the image itself and the last point of every restart are predicted as the label: robust, [B].
   * Targeted: 1 where the last point of some restart is predicted as the target: reached, [B].
   */
  readonly after: Uint8Array;
  /** The largest distance of any restart's last point in the threat model's norm, [B]. */
  readonly distance: Float32Array;
  /** Bits of `DIAGNOSTIC`, which `warnPgd` summarises: of the image and of every restart, [B]. */
  readonly diagnostics: Uint8Array;
}

/**
 * PGD on the cross-entropy, over batches of one size. Source: Madry et al. 2018, https://arxiv.org/abs/1706.06083. The last
 * point of each restart is classified. PGD maximises the log odds, whose gradient has the direction of the cross-entropy's
 * but does not vanish where that is 0 in float32: see {@linkcode logOdds}. Example numbers key the random starts, so batch
 * size and order change nothing.
 */
export class Pgd {
  /** Labels to move away from, or to approach if targeted, [B]. */
  readonly labels: Variable;
  readonly walk: Walk;
  readonly #gpu: Gpu;
  readonly #options: PgdOptions;
  readonly #judge: Program;

  private constructor(
    gpu: Gpu,
    options: PgdOptions,
    parts: { labels: Variable; walk: Walk; judge: Program },
  ) {
    this.#gpu = gpu;
    this.#options = options;
    this.labels = parts.labels;
    this.walk = parts.walk;
    this.#judge = parts.judge;
  }

  /**
   * Compiles the attack.
   *
   * @throws {RangeError} If steps or restarts are not integers, restarts are below 1, or the step size is not positive.
   */
  static async compile(gpu: Gpu, options: PgdOptions): Promise<Pgd> {
    const { logits, threatModel, batchSize, imageShape, stepSize, targeted = false, stream } = options;
    checkOptions(options);
    const labels = new Variable("pgd labels", u32(batchSize));
    const walk = await Walk.compile(gpu, {
      label: "pgd",
      batchSize,
      imageShape,
      objective: (images) => logOdds(logits(images), labels),
      threatModel,
      stepSize: targeted ? -stepSize : stepSize,
      stream,
      countZeroGradients: true,
    });
    const judge = await Program.compile(gpu, "pgd judge", () => {
      const scores = logits(asTensor(walk.images));
      return {
        right: correct(scores, labels),
        distance: threatModel.distance(walk.images, walk.origin),
        diagnostics: add(diagnoseLogits(scores, labels), noGradientOf(walk)),
      };
    });
    return new Pgd(gpu, options, { labels, walk, judge });
  }

  /** Sets the batch: images [B, H, W, C], labels [B], example numbers [B]. */
  setBatch(batch: { images: Float32Array; labels: Uint32Array; examples: Uint32Array }): void {
    write(this.#gpu, this.walk.origin, batch.images);
    write(this.#gpu, this.labels, batch.labels);
    write(this.#gpu, this.walk.examples, batch.examples);
  }

  /** Walks once, from the start of `restart`; `walk.images` holds the result. */
  async perturb(restart = 0): Promise<void> {
    const { steps, randomStart = true } = this.#options;
    this.walk.start({ random: randomStart, restart });
    await this.walk.take(steps);
  }

  /** Attacks the batch with all restarts and classifies every last point. */
  async run(): Promise<PgdOutcome> {
    const { restarts = 1, targeted = false } = this.#options;
    this.walk.start({ random: false });
    const { right, distance, diagnostics } = await this.#classify();
    const before = Uint8Array.from(right);
    const after = targeted ? new Uint8Array(before.length) : before.slice();
    for (let restart = 0; restart < restarts; restart++) {
      await this.perturb(restart);
      const end = await this.#classify();
      for (let b = 0; b < before.length; b++) {
        after[b] = targeted ? after[b] | end.right[b] : after[b] & end.right[b];
        distance[b] = Math.max(distance[b], end.distance[b]);
        diagnostics[b] |= end.diagnostics[b] & ~DIAGNOSTIC.flat;
      }
    }
    return { before, after, distance, diagnostics };
  }

  /** Predictions, distances and diagnostics at the current points. */
  async #classify(): Promise<{ right: HostData; distance: Float32Array; diagnostics: Uint8Array }> {
    this.#judge.run();
    const names = ["right", "distance", "diagnostics"] as const;
    const [right, distance, diagnostics] = await Promise.all(names.map((name) => this.#judge.read(name)));
    return { right, distance: distance as Float32Array, diagnostics: Uint8Array.from(diagnostics) };
  }

  /** Frees its memory. */
  dispose(): void {
    this.walk.dispose();
    this.#judge.dispose();
    release(this.#gpu, [this.labels]);
  }
}

/** `noGradient` of {@linkcode DIAGNOSTIC} where a step had no usable gradient, else 0, [B, 1]. */
function noGradientOf({ zeroGradientSteps }: Walk): Tensor {
  const steps = zeroGradientSteps!;
  return scale(sub(fill(steps.shape, 1), unusable(asTensor(steps))), DIAGNOSTIC.noGradient);
}

function checkOptions({ steps, restarts = 1, stepSize }: PgdOptions): void {
  if (Number.isInteger(steps) && steps >= 0 && Number.isInteger(restarts) && restarts >= 1 && stepSize > 0) {
    return;
  }
  throw new RangeError(
    `Cannot compile PGD: expected steps from 0, restarts from 1 and a step size above 0, got ${steps} steps, ` +
      `${restarts} restarts and step size ${stepSize}`,
  );
}
