/** Whether a state that was kept is of the model at hand. */

import type { Evaluation } from "./evaluation.ts";

/**
 * Compares the scores of the first batch with those that were kept, bit by bit: the rest of an evaluation would not fit
 * what another model, or another device, has begun.
 *
 * @throws {RangeError} If they differ.
 */
export async function checkSameModel(
  { options: { slots, classes }, examples: { images, labels, numbers }, classifier }: Pick<
    Evaluation,
    "options" | "examples" | "classifier"
  >,
  kept: Float32Array,
): Promise<void> {
  const size = images.length / labels.length;
  const found = await classifier.logits({
    images: images.subarray(0, slots * size),
    numbers: numbers.subarray(0, slots),
  });
  const at = found.findIndex((z, i) => !Object.is(z, kept[i]));
  if (at === -1) return;
  throw new RangeError(
    `Cannot go on with evaluation: the model gives example ${
      numbers[Math.floor(at / classes)]
    } other scores than ` +
      `when it began, ${found[at]} instead of ${kept[at]} for class ${at % classes}\n` +
      "Hint: go on with the same weights on the same device, or begin anew in another place",
  );
}
