/** A small classifier, its images, and Square driven by hand over them. */

import type { Gpu } from "../../engine/device/device.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { Program } from "../../engine/program/program.ts";
import { stream } from "../../common/random.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { read, release, write } from "../../engine/graph/variables.ts";
import { slotVariables } from "../slots/slot_attack.ts";
import { CLASSES, logits, SHAPE, SIZE } from "../testing/classifier.ts";
import { Square, type SquareOptions } from "./square.ts";

export { logits, SHAPE, SIZE };

/** Images and their labels. */
export interface GivenImages {
  readonly images: Float32Array;
  readonly labels: Uint32Array;
}

/** Images of noise around mid-grey, some pixels at 0 and 1; labels as predicted, but every seventh one wrong. */
export async function givenImages(gpu: Gpu, count: number): Promise<GivenImages> {
  const noise = stream(3, "square test").fillNormal(0, new Float32Array(count * SIZE));
  const images = noise.map((v) => Math.min(1, Math.max(0, 0.5 + 0.3 * v)));
  const { margins: _, predictions } = await judge(gpu, { images, labels: new Uint32Array(count) });
  return { images, labels: predictions.map((y, i) => i % 7 === 0 ? (y + 1) % CLASSES : y) };
}

/** Margins and predicted classes. */
export async function judge(
  gpu: Gpu,
  { images, labels }: GivenImages,
): Promise<{ margins: number[]; predictions: Uint32Array }> {
  const variable = new Variable("judged", f32(labels.length, ...SHAPE), images);
  const program = await Program.compile(gpu, "judge", () => ({ z: logits(asTensor(variable)) }));
  program.run();
  const z = await program.read("z") as Float32Array;
  program.dispose();
  release(gpu, [variable]);
  const rows = Array.from(labels, (_, b) => [...z.subarray(b * CLASSES, (b + 1) * CLASSES)]);
  return {
    predictions: Uint32Array.from(rows, (row) => row.indexOf(Math.max(...row))),
    margins: rows.map((row, b) => row[labels[b]] - Math.max(...row.filter((_, j) => j !== labels[b]))),
  };
}

/** Square on the small classifier. */
export function makeSquare(
  gpu: Gpu,
  options: Pick<SquareOptions, "norm" | "eps" | "slots" | "queries"> & Partial<SquareOptions>,
): Promise<Square> {
  return Square.compile(gpu, {
    name: "square",
    logits,
    imageShape: SHAPE,
    stream: stream(0, "square"),
    ...options,
  });
}

/** Fills the slots with examples; those beyond stay empty and do not run. */
export function fill(
  gpu: Gpu,
  square: Square,
  { given, numbers }: { given: GivenImages; numbers: number[] },
): void {
  const slots = square.image.shape[0], { inputs } = square;
  const images = new Float32Array(slots * SIZE), slot = new Uint32Array(4 * slots).fill(2);
  const labels = new Uint32Array(slots), examples = new Uint32Array(slots);
  numbers.forEach((i, b) => {
    images.set(given.images.subarray(i * SIZE, (i + 1) * SIZE), b * SIZE);
    slot.fill(0, 4 * b, 4 * b + 4);
    labels[b] = given.labels[i];
    examples[b] = i;
  });
  write(gpu, inputs.origin, images);
  write(gpu, inputs.labels, labels);
  write(gpu, inputs.examples, examples);
  write(gpu, inputs.slot, slot);
}

/** What the slots hold. */
export interface FoundImages {
  readonly images: Float32Array;
  readonly scores: Float32Array;
  /** Status, run, iteration and 0 of each. */
  readonly slots: Uint32Array;
}

/** Reads what the slots hold. */
export async function found(gpu: Gpu, square: Square): Promise<FoundImages> {
  return {
    images: await read(gpu, square.image) as Float32Array,
    scores: await read(gpu, square.inputs.score) as Float32Array,
    slots: await read(gpu, square.inputs.slot) as Uint32Array,
  };
}

/** Attacks all examples to the end in the order given, batch by batch; results by the example's number. */
export async function attackAll(
  gpu: Gpu,
  { given, order, ...options }: Parameters<typeof makeSquare>[1] & { given: GivenImages; order: number[] },
): Promise<FoundImages> {
  const square = await makeSquare(gpu, options);
  const n = order.length;
  const all = {
    images: new Float32Array(n * SIZE),
    scores: new Float32Array(n),
    slots: new Uint32Array(4 * n),
  };
  for (let from = 0; from < n; from += options.slots) {
    const numbers = order.slice(from, from + options.slots);
    fill(gpu, square, { given, numbers });
    for (let t = 0; t < square.maxIterations; t++) square.iterate(numbers.length);
    const { images, scores, slots } = await found(gpu, square);
    numbers.forEach((i, b) => {
      all.images.set(images.subarray(b * SIZE, (b + 1) * SIZE), i * SIZE);
      all.scores[i] = scores[b];
      all.slots.set(slots.subarray(4 * b, 4 * b + 4), 4 * i);
    });
  }
  square.dispose();
  return all;
}

/** Copies rows between variables of two attacks, as whoever moves slots would. */
export async function moveSlots(gpu: Gpu, { from, to }: { from: Square; to: Square }): Promise<void> {
  const targets = slotVariables(to);
  for (const [k, variable] of slotVariables(from).entries()) {
    write(gpu, targets[k], await read(gpu, variable));
  }
}
