/** Auto-PGD over a number of examples. */

import type { Gpu } from "../../engine/device/device.ts";
import { sizeOf } from "../../engine/arrays/shape.ts";
import { write } from "../../engine/graph/variables.ts";
import { runSlots } from "../slots/run_slots.ts";
import { type SlotAttack, STATUS } from "../slots/slot_attack.ts";
import type { NewExample } from "../slots/slot_rows.ts";
import { Apgd } from "./apgd.ts";
import type { ApgdSettings, ClassifierAim, ObjectiveAim } from "./apgd_options.ts";

/** Examples with what an attack has to know of them. */
export interface GivenExamples {
  readonly images: Float32Array;
  readonly labels: Uint32Array;
  /** [n, T]; default the class after the label's, of 10. */
  readonly targets?: Uint32Array;
}

/** Settings of a run over all examples, and the order in which they come. */
export type RunAll = Omit<ApgdSettings, "name"> & (ClassifierAim | ObjectiveAim) & {
  readonly examples: GivenExamples;
  readonly order?: readonly number[];
};

/** What became of each example. */
export interface Outcomes {
  readonly misclassified: boolean[];
  readonly score: Float32Array;
  readonly images: Float32Array;
}

/** The example at a position. */
export function exampleAt({ images, labels, targets }: GivenExamples, position: number): NewExample {
  const size = images.length / labels.length, T = targets === undefined ? 1 : targets.length / labels.length;
  return {
    image: images.subarray(position * size, (position + 1) * size),
    label: labels[position],
    number: position,
    targets: targets?.subarray(position * T, (position + 1) * T) ?? [(labels[position] + 1) % 10],
  };
}

/** Attacks all examples. */
export async function runAll(gpu: Gpu, { examples, order, ...options }: RunAll): Promise<Outcomes> {
  const n = examples.labels.length, size = sizeOf(options.imageShape);
  const apgd = await Apgd.compile(gpu, { name: "apgd", ...options });
  const outcomes = {
    misclassified: Array<boolean>(n).fill(false),
    score: new Float32Array(n),
    images: new Float32Array(n * size),
  };
  await runSlots(gpu, apgd, {
    from: order ?? Array.from({ length: n }, (_, i) => i),
    example: (position) => exampleAt(examples, position),
    onFinished: ({ position, misclassified, score, image }) => {
      outcomes.misclassified[position] = misclassified;
      outcomes.score[position] = score;
      outcomes.images.set(image, position * size);
    },
  });
  apgd.dispose();
  return outcomes;
}

/** Puts examples into the slots of an attack, as many as it has, all at their beginning. */
export function fillSlots(gpu: Gpu, { inputs }: SlotAttack, examples: readonly NewExample[]): void {
  const joined = new Float32Array(sizeOf(inputs.origin.shape)), size = joined.length / examples.length;
  examples.forEach(({ image }, b) => joined.set(image, b * size));
  write(gpu, inputs.origin, joined);
  write(gpu, inputs.labels, Uint32Array.from(examples, ({ label }) => label));
  write(gpu, inputs.examples, Uint32Array.from(examples, ({ number }) => number));
  write(gpu, inputs.targets, Uint32Array.from(examples.flatMap(({ targets }) => Array.from(targets))));
  write(gpu, inputs.slot, new Uint32Array(sizeOf(inputs.slot.shape)).fill(STATUS.running));
}
