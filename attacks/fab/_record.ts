/** One iteration of FAB, recorded. */

import { gradients } from "../../engine/autograd/autograd.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { correct } from "../../engine/ops/correct.ts";
import { fill } from "../../engine/ops/fill.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { logitDifference } from "../losses/logit_difference.ts";
import { makeSlotInputs, type SlotInputs } from "../slots/slot_attack.ts";
import type { FabOptions } from "./fab.ts";
import { fabBegin } from "./fab_begin.ts";
import { fabUpdateBest } from "./fab_update_best.ts";
import { type Chosen, fabNearest } from "./fab_nearest.ts";
import { fabStepImages } from "./fab_step.ts";

/** Twice the distance of random starts without eps and before a norm is known: the official attack's eps. */
const START_RADIUS = { Linf: 0.3, L2: 1 } as const;

/** Options with the defaults filled in. */
export type FullFabOptions = Required<FabOptions>;

/** The variables of an attack. */
export interface FabVariables {
  readonly inputs: SlotInputs;
  /** Current images of the runs, [B, H, W, C]. */
  readonly images: Variable;
  /** The nearest misclassified image, [B, H, W, C]. */
  readonly image: Variable;
  /** Targeted: the target class, [B]. */
  readonly target: Variable | null;
  /** Untargeted: the nearest class of the iteration, and the number of each class, [B]. */
  readonly choice: { readonly chosen: Chosen; readonly candidates: readonly Variable[] } | null;
}

/** Creates the variables. */
export function makeFabVariables(options: FullFabOptions): FabVariables {
  const { name, slots, imageShape, targeted, classes } = options;
  const images = (what: string) => new Variable(`${name} ${what}`, f32(slots, ...imageShape));
  const numbers = (what: string) => new Variable(`${name} ${what}`, f32(slots, 1));
  return {
    inputs: makeSlotInputs(name, options),
    images: images("images"),
    image: images("image"),
    target: targeted ? new Variable(`${name} target`, u32(slots)) : null,
    choice: targeted ? null : {
      chosen: {
        gradient: images("gradient"),
        difference: numbers("difference"),
        distance: numbers("distance"),
      },
      candidates: Array.from(
        { length: classes },
        (_, c) => new Variable(`${name} class ${c}`, u32(slots), new Uint32Array(slots).fill(c)),
      ),
    },
  };
}

/** Variables that hold a slot between two iterations, besides the inputs. */
export function stateOf({ images, image, target }: FabVariables): Variable[] {
  return [images, image, ...(target === null ? [] : [target])];
}

/** All variables with a row for each slot. */
export function allVariables(variables: FabVariables): Variable[] {
  const { inputs, choice } = variables;
  const chosen = choice === null ? [] : [...Object.values(choice.chosen), ...choice.candidates];
  return [...Object.values(inputs), ...stateOf(variables), ...chosen];
}

/** Records an iteration: two forward passes, and one backward pass, or one for each class. */
export function recordIteration(variables: FabVariables, options: FullFabOptions): void {
  const { inputs: { origin, labels, examples, targets, slot, score }, images, image, target } = variables;
  const { logits, norm, eps, iterations, restarts, alphaMax, eta, beta, officialConstants, stream } = options;
  fabBegin(images, {
    ...{ origin, slot, examples, image, score },
    goal: target === null ? undefined : { targets, target },
    ...{ norm, restarts, radius: eps ?? START_RADIUS[norm], key: stream.key },
  });
  const plane = linearise(variables, options);
  fabStepImages(images, { ...plane, origin, slot, norm, alphaMax, eta, officialConstants });
  const right = correct(logits(asTensor(images)), labels);
  const runs = restarts * options.targets;
  fabUpdateBest(images, { right, origin, image, score, slot, norm, eps, beta, iterations, runs });
}

/** The difference of two logits and its gradient at the images: of the target's, or of the nearest class's. */
function linearise(
  { inputs: { labels, slot }, images, target, choice }: FabVariables,
  { logits, norm, officialConstants }: FullFabOptions,
): { difference: Tensor; gradient: Tensor } {
  const x = asTensor(images), z = logits(x);
  const towards = (classes: Variable) => {
    const difference = logitDifference(z, { a: classes, b: labels });
    const seed = fill(difference.shape, 1);
    return { difference, gradient: gradients(difference, [x], { seed })[0] };
  };
  if (choice === null) return towards(target!);
  const { chosen, candidates } = choice;
  candidates.forEach((classes, candidate) => {
    fabNearest(chosen, { ...towards(classes), labels, slot, norm, candidate, officialConstants });
  });
  return { difference: asTensor(chosen.difference), gradient: asTensor(chosen.gradient) };
}
