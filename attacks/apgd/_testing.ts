/** Driving Auto-PGD over examples, without what feeds slots. */

import type { Gpu } from "../../engine/device.ts";
import { sizeOf } from "../../engine/shape.ts";
import { read, write } from "../../engine/variables.ts";
import { Apgd } from "./apgd.ts";
import type { ApgdOptions, ApgdSettings, ClassifierAim, ObjectiveAim } from "./apgd_options.ts";

/** Examples with what an attack has to know of them. */
export interface GivenExamples {
  readonly images: Float32Array;
  readonly labels: Uint32Array;
  /** [n, T]; default zeros. */
  readonly targets?: Uint32Array;
}

/** What became of each example. */
export interface Outcomes {
  readonly status: Uint32Array;
  readonly score: Float32Array;
  readonly images: Float32Array;
}

/** Puts examples into the slots, all at their beginning; surplus slots repeat the first of them. */
export function fillSlots(
  gpu: Gpu,
  { inputs }: Apgd,
  { images, labels, targets, numbers }: GivenExamples & { readonly numbers: Uint32Array },
): void {
  const slots = inputs.labels.shape[0],
    size = sizeOf(inputs.origin.shape) / slots,
    T = inputs.targets.shape[1];
  const pixels = new Float32Array(slots * size), aims = new Uint32Array(slots * T);
  const held = Uint32Array.from({ length: slots }, (_, b) => numbers[b < numbers.length ? b : 0]);
  held.forEach((i, b) => {
    pixels.set(images.subarray(i * size, (i + 1) * size), b * size);
    if (targets !== undefined) aims.set(targets.subarray(i * T, (i + 1) * T), b * T);
  });
  write(gpu, inputs.origin, pixels);
  write(gpu, inputs.labels, held.map((i) => labels[i]));
  write(gpu, inputs.examples, held);
  write(gpu, inputs.targets, aims);
  write(gpu, inputs.slot, new Uint32Array(slots * 4));
}

/** Settings of a run over all examples, and the order in which they come. */
export type RunAll = Omit<ApgdSettings, "name" | "slots"> & (ClassifierAim | ObjectiveAim) & {
  readonly slots: number;
  readonly examples: GivenExamples;
  readonly order?: Uint32Array;
};

/** Attacks all examples, batch after batch. */
export async function runAll(gpu: Gpu, { examples, order, ...options }: RunAll): Promise<Outcomes> {
  const n = examples.labels.length, { slots } = options;
  const apgd = await Apgd.compile(gpu, { name: "apgd", ...options } as ApgdOptions);
  const size = sizeOf(options.imageShape);
  const outcomes = {
    status: new Uint32Array(n),
    score: new Float32Array(n),
    images: new Float32Array(n * size),
  };
  const sequence = order ?? examples.labels.map((_, i) => i);
  for (let from = 0; from < n; from += slots) {
    const numbers = sequence.slice(from, from + slots);
    fillSlots(gpu, apgd, { ...examples, numbers });
    for (let tick = 0; tick < apgd.ticks; tick++) apgd.tick(numbers.length);
    const [slot, score, images] = await Promise.all(
      [apgd.inputs.slot, apgd.inputs.score, apgd.image].map((variable) => read(gpu, variable)),
    );
    numbers.forEach((i, b) => {
      outcomes.status[i] = slot[4 * b];
      outcomes.score[i] = score[b];
      outcomes.images.set(images.subarray(b * size, (b + 1) * size) as Float32Array, i * size);
    });
  }
  apgd.dispose();
  return outcomes;
}
