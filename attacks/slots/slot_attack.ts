/** An attack over the slots of a batch, each with an example and an iteration count of its own. */

import { f32, type Shape, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";

/** State of the example in a slot: the first column of {@linkcode SlotInputs.slot}. */
export const STATUS = { running: 0, misclassified: 1, robust: 2 } as const;

/** Variables of every attack, a row for each of its B slots. */
export interface SlotInputs {
  /** Clean images, [B, H, W, C]. */
  readonly origin: Variable;
  /** True classes, u32 [B]. */
  readonly labels: Variable;
  /** Numbers of the examples in their data set, u32 [B]. They key the random numbers, with run and iteration. */
  readonly examples: Variable;
  /** Target classes in the order of their runs, u32 [B, T]; T is 1 if the attack is untargeted. */
  readonly targets: Variable;
  /**
   * Status (see {@linkcode STATUS}), run, iteration and 0 of each slot, u32 [B, 4]. A run is one restart for one target;
   * iterations are counted from 0 in each run. A new example starts with zeros: status running, run 0, iteration 0.
   */
  readonly slot: Variable;
  /** Quality of the attack's result: the best loss, the smallest norm, the smallest margin, [B, 1]. */
  readonly score: Variable;
}

/**
 * An attack over the slots of a batch (continuous batching). Each call of `iterate` advances every running slot by one
 * iteration of its own, so that slots may hold examples that started at different times. A slot that is misclassified, or
 * robust after all runs, does not change until it is refilled. Slots do not influence each other.
 */
export interface SlotAttack {
  /** In messages: "apgd-ce". */
  readonly name: string;
  readonly inputs: SlotInputs;
  /** The slots' other variables, a row each. The first iteration of a run initialises them. */
  readonly state: readonly Variable[];
  /** The resulting image of each slot, adversarial where it is misclassified, [B, H, W, C]; one of `state`. */
  readonly image: Variable;
  /** Iterations of an example that stays robust: the maximum. */
  readonly maxIterations: number;
  /** One iteration of the first `slots` slots; no read-back, no allocation. */
  iterate(slots: number): void;
  /** Frees its memory, inputs and state too. */
  dispose(): void;
}

/** Creates the variables of every attack. */
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

/** All variables of an attack with a row for each slot. */
export function slotVariables({ inputs, state }: Pick<SlotAttack, "inputs" | "state">): Variable[] {
  return [...Object.values(inputs), ...state];
}
