/** What an attack is to whoever feeds it examples: slots of a batch, each with an example and an iteration count of its own. */

import { f32, type Shape, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";

/** What became of the example in a slot; the numbers stand in the first column of {@linkcode SlotInputs.slot}. */
export const STATUS = { running: 0, misclassified: 1, robust: 2 } as const;

/** Variables that every attack has, a row for each of its B slots. */
export interface SlotInputs {
  /** Clean images, [B, H, W, C]. */
  readonly origin: Variable;
  /** True classes, u32 [B]. */
  readonly labels: Variable;
  /** Numbers of the examples in their data set, u32 [B]: all that random draws depend on, beside run and iteration. */
  readonly examples: Variable;
  /** Classes to aim at, in the order in which that is tried, u32 [B, T]; T is 1 where an attack has no targets. */
  readonly targets: Variable;
  /**
   * Status (see {@linkcode STATUS}), run, iteration and 0 of each slot, u32 [B, 4]. A run is one restart against one
   * target; the iteration counts the iterations of a run. A new example begins with zeros: status running, run 0, iteration 0.
   */
  readonly slot: Variable;
  /** What the attack calls its result's quality: the best loss, the smallest norm, the smallest margin, [B, 1]. */
  readonly score: Variable;
}

/**
 * An attack over the slots of a batch. Each iteration moves every running slot on by one iteration of its own iteration, so
 * that slots may hold examples that began at different times. A slot that is fooled or has withstood all runs stays
 * as it is until it is filled anew. Slots do not influence each other.
 */
export interface SlotAttack {
  /** For messages: "apgd-ce". */
  readonly name: string;
  readonly inputs: SlotInputs;
  /** What else a slot consists of, a row each, any content at the beginning: the first iteration of a run sets it. */
  readonly state: readonly Variable[];
  /** The image of each slot that is handed back: of a misclassified one, the image that fools. [B, H, W, C], in `state`. */
  readonly image: Variable;
  /** Iterations of an example that withstands. */
  readonly maxIterations: number;
  /** One iteration of the first `slots` slots; no read-back, no allocation. */
  iterate(slots: number): void;
  /** Frees its memory, inputs and state too. */
  dispose(): void;
}

/** Makes the variables that every attack has. */
export function makeSlotInputs(
  label: string,
  { slots, imageShape, targets }: { slots: number; imageShape: Shape; targets: number },
): SlotInputs {
  return {
    origin: new Variable(`${label} origin`, f32(slots, ...imageShape)),
    labels: new Variable(`${label} labels`, u32(slots)),
    examples: new Variable(`${label} examples`, u32(slots)),
    targets: new Variable(`${label} targets`, u32(slots, targets)),
    slot: new Variable(`${label} slot`, u32(slots, 4)),
    score: new Variable(`${label} score`, f32(slots, 1)),
  };
}

/** All variables of an attack that have a row for each slot. */
export function slotVariables({ inputs, state }: Pick<SlotAttack, "inputs" | "state">): Variable[] {
  return [...Object.values(inputs), ...state];
}
