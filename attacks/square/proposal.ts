/** Common parts of the Square Attack's proposals in both norms. */

import type { U32x2 } from "../../common/random.ts";
import { formatShape, sameShape, type Spec } from "../../engine/arrays/shape.ts";
import type { Value } from "../../engine/graph/tensor.ts";
import type { Level } from "./schedule.ts";

/** Settings of a proposal. */
export interface ProposeAttrs {
  readonly [key: string]: unknown;
  /** In pixel units; above 0. */
  readonly eps: number;
  /** Windows by iteration, see {@linkcode windowLevels}; at most the image's smaller side. */
  readonly levels: readonly Level[];
  /** Iterations of a run, its start included: random numbers are counted on from run to run. */
  readonly iterations: number;
  /** Key of the stream of random numbers. */
  readonly key: U32x2;
}

/** Inputs of a proposal. */
export interface ProposeInputs {
  /** Clean images, [B, H, W, C] with C at most 4. */
  readonly origin: Value;
  /** Best images so far, [B, H, W, C]; ignored at iteration 0. */
  readonly best: Value;
  /** Status, run and iteration, u32 [B, 4]. */
  readonly slot: Value;
  /** Numbers of the examples, u32 [B]. */
  readonly examples: Value;
}

/** @throws {RangeError} If the shapes do not fit together, there are more than 4 channels, or a window does not fit. */
export function checkProposal(
  [origin, best, slot, examples]: readonly Spec[],
  { levels }: ProposeAttrs,
): void {
  const [B, H, W, C] = origin.shape;
  const fits = origin.shape.length === 4 && C <= 4 && sameShape(origin.shape, best.shape) &&
    sameShape(slot.shape, [B, 4]) && slot.dtype === "u32" &&
    sameShape(examples.shape, [B]) && examples.dtype === "u32";
  if (!fits) {
    const found = [origin, best, slot, examples].map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`);
    throw new RangeError(
      "Cannot propose images: expected two of [B, H, W, C] with at most 4 channels, u32 [B, 4] and u32 [B], got " +
        found.join(", "),
    );
  }
  const largest = Math.max(...levels.map(({ side }) => side));
  if (largest > Math.min(H, W)) {
    throw new RangeError(
      `Cannot propose images: a window is larger than the image, ${largest} pixels in ${H} x ${W}`,
    );
  }
}

/** Template constants FROM0, SIDE0, FROM1, … of the levels, and their number. */
export function levelConsts(levels: readonly Level[]): Record<string, number> {
  const entries = levels.flatMap(({ from, side }, k) => [[`FROM${k}`, from], [`SIDE${k}`, side]]);
  return { LEVELS: levels.length, ...Object.fromEntries(entries) };
}

/** For references: the window's side at an iteration. */
export function sideAt(levels: readonly Level[], iteration: number): number {
  return levels.findLast(({ from }) => from <= iteration)!.side;
}

/** For references: floor(uniform * n), the word's 32 bits as a fraction. */
export function cornerBelow(word: number, n: number): number {
  return Math.floor(word / 2 ** 32 * n);
}

/** For references: the sign of a channel. */
export function signOf(word: number, channel: number): number {
  return (word >>> channel) % 2 === 0 ? 1 : -1;
}
