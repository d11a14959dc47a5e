/** Checks that a saved state belongs to the current model. */

import type { Evaluation } from "./evaluation.ts";

/**
 * Compares the logits of the first batch with the saved ones, bit by bit: an evaluation must not mix two models or devices.
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
    `Cannot resume evaluation: the model gives example ${
      numbers[Math.floor(at / classes)]
    } other scores than ` +
      `when it began, ${found[at]} instead of ${kept[at]} for class ${at % classes}\n` +
      "Hint: resume with the same weights on the same device, or start again elsewhere",
  );
}
