/** The Square Attack, over slots. */

import type { Gpu } from "../../engine/device/device.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { Program } from "../../engine/program/program.ts";
import type { Stream } from "../../common/random.ts";
import { f32, formatShape, type Shape } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";
import { margin } from "../losses/margin.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";
import { makeSlotInputs, type SlotAttack, type SlotInputs, slotVariables } from "../slots/slot_attack.ts";
import { squareAccept } from "./accept.ts";
import { squarePatterns, squareProposeL2 } from "./propose_l2.ts";
import { squareProposeLinf } from "./propose_linf.ts";
import { windowLevels } from "./schedule.ts";

/** Settings of the Square Attack. */
export interface SquareOptions {
  /** In messages. */
  readonly name: string;
  readonly logits: LogitsFn;
  readonly norm: Norm;
  /** In pixel units; above 0, in Linf at most 1. */
  readonly eps: number;
  /** Examples attacked at once; changes no result. */
  readonly slots: number;
  /** [H, W, C] with at most 4 channels. */
  readonly imageShape: Shape;
  /** Proposals of a run, after its start image. Default 5,000. */
  readonly queries?: number;
  /** Runs from different start images. Default 1. */
  readonly restarts?: number;
  /** Share of the image that the first windows cover. Default 0.8. */
  readonly pInit?: number;
  readonly stream: Stream;
}

interface Parts {
  readonly program: Program;
  readonly patterns: Variable;
}

/**
 * The Square Attack: random search without gradients for an image of negative margin, z_y - max over j != y of z_j.
 *
 * A run starts at iteration 0 with stripes (Linf) or tiles (L2). Each later iteration proposes a change of one window, whose
 * side shrinks over time, and accepts it if it lowers the margin. An iteration is one query in one program: proposal,
 * forward pass, acceptance. `score` is the margin of `image` in the current run.
 *
 * Source: Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049, in the version of AutoAttack
 * (https://arxiv.org/abs/2003.01690). Departure: windows and signs are an example's own, keyed by the stream, the example's
 * number, run and iteration, where the official code shares them in a batch. So the outcome does not depend on the batch.
 */
export class Square implements SlotAttack {
  readonly name: string;
  readonly inputs: SlotInputs;
  readonly state: readonly Variable[];
  readonly image: Variable;
  readonly maxIterations: number;
  readonly #gpu: Gpu;
  readonly #program: Program;
  readonly #patterns: Variable;

  private constructor(gpu: Gpu, parts: Pick<Square, "name" | "inputs" | "image" | "maxIterations"> & Parts) {
    this.#gpu = gpu;
    this.name = parts.name;
    this.inputs = parts.inputs;
    this.image = parts.image;
    this.state = [parts.image];
    this.maxIterations = parts.maxIterations;
    this.#program = parts.program;
    this.#patterns = parts.patterns;
  }

  /**
   * Compiles the attack.
   *
   * @throws {RangeError} If a setting is out of range, or images are not [H, W, C] with at most 4 channels.
   */
  static async compile(gpu: Gpu, options: SquareOptions): Promise<Square> {
    const { name, logits, norm, eps, slots, imageShape, stream } = options;
    const { queries = 5000, restarts = 1, pInit = 0.8 } = options;
    checkOptions({ norm, eps, imageShape, slots, queries, restarts, pInit });
    const [height, width] = imageShape;
    const inputs = makeSlotInputs(name, { slots, imageShape, targets: 1 });
    const image = new Variable(`${name} image`, f32(slots, ...imageShape));
    const { origin, examples, labels, slot, score } = inputs;
    const levels = windowLevels({ norm, height, width, pInit });
    const attrs = { eps, levels, iterations: queries + 1, key: stream.key };
    const drawn = squarePatterns({ height, width, levels });
    const patterns = new Variable(`${name} patterns`, f32(drawn.length), drawn);
    const from = { origin, best: image, slot, examples };
    const program = await Program.compile(gpu, name, () => {
      const proposal = norm === "Linf"
        ? squareProposeLinf(from, attrs)
        : squareProposeL2({ ...from, patterns }, attrs);
      const margins = margin(logits(proposal), labels);
      squareAccept({ best: image, score, slot }, { proposal, margins, queries, runs: restarts });
    }, { perExample: slotVariables({ inputs, state: [image] }), keepConstants: true });
    return new Square(gpu, {
      name,
      inputs,
      image,
      maxIterations: restarts * (queries + 1),
      program,
      patterns,
    });
  }

  /** Multiplications and additions of one iteration of all slots. */
  get flops(): number {
    return this.#program.flops;
  }

  /** Kernel dispatches of one iteration. */
  get dispatches(): number {
    return this.#program.dispatches;
  }

  iterate(slots: number): void {
    this.#program.run({ examples: slots });
  }

  dispose(): void {
    this.#program.dispose();
    release(this.#gpu, [...slotVariables(this), this.#patterns]);
  }
}

type Checked = Required<
  Pick<SquareOptions, "norm" | "eps" | "slots" | "imageShape" | "queries" | "restarts" | "pInit">
>;

function checkOptions({ norm, eps, imageShape, slots, queries, restarts, pInit }: Checked): void {
  const fail = (reason: string) => {
    throw new RangeError(`Cannot compile Square: ${reason}`);
  };
  if (!(eps > 0 && (norm === "L2" || eps <= 1) && eps < Infinity)) {
    fail(`eps must be above 0 and, in Linf, at most 1, got ${eps} in ${norm}`);
  }
  if (imageShape.length !== 3 || !(imageShape[2] >= 1 && imageShape[2] <= 4)) {
    fail(`images must be [H, W, C] with 1 to 4 channels, got ${formatShape(imageShape)}`);
  }
  if (!Number.isInteger(slots) || slots < 1) fail(`slots must be a positive integer, got ${slots}`);
  if (!Number.isInteger(queries) || queries < 0) fail(`queries must be an integer from 0, got ${queries}`);
  if (!Number.isInteger(restarts) || restarts < 1) {
    fail(`restarts must be a positive integer, got ${restarts}`);
  }
  if (restarts * (queries + 1) > 2 ** 32) {
    fail(`an example has at most 2^32 queries, got ${restarts} runs of ${queries + 1}`);
  }
  if (!(pInit > 0 && pInit <= 1)) fail(`pInit must be above 0 and at most 1, got ${pInit}`);
}
