/** Robust accuracy under AutoAttack, per example. */

import type {
  AutoAttackFn,
  AutoAttackOptions,
  AutoAttackResult,
  AutoAttackRun,
  Examples,
} from "../attacks/autoattack/mod.ts";
import { type ImageSet, subset, toFloat } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { nchwToNhwc } from "../engine/arrays/layout.ts";
import type { EvaluateOptions } from "./evaluate.ts";

/** Settings of AutoAttack beside the classifier and the images. */
export type AutoAttackSettings =
  & Omit<AutoAttackOptions, "logits" | "classes" | "imageShape" | "batchSize">
  & {
    /** How many images of the set are attacked, from the first on. */
    readonly images: number;
  };

/**
 * Attacks the first images of a set with AutoAttack. An image's number in the set keys its random draws, so that its
 * outcome depends on neither the batch size nor on how many images are attacked.
 *
 * @returns `clean` and `robust` are 1 where correct, of the first `images` images of the set, in their order.
 * @throws {RangeError} If the set has fewer images, or AutoAttack refuses the settings.
 */
export function evaluateUnderAutoAttack(
  gpu: Gpu,
  { logits, set, batchSize, attack }: Omit<EvaluateOptions, "onProgress"> & { readonly attack: AutoAttackFn },
  { images, state, saveSeconds, signal, onProgress, ...settings }: AutoAttackSettings & AutoAttackRun,
): Promise<AutoAttackResult> {
  const { height, width, channels, classNames } = set;
  const options: AutoAttackOptions = {
    ...settings,
    logits,
    classes: classNames.length,
    imageShape: [height, width, channels],
    batchSize: Math.min(batchSize, images),
  };
  return attack(gpu, options, examplesOf(subset(set, images)), {
    ...(state && { state }),
    ...(saveSeconds !== undefined && { saveSeconds }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

/** Images as attacks take them: NHWC, float32 in [0, 1], numbered as in the set. */
export function examplesOf(set: ImageSet): Examples {
  const { count, channels, height, width, labels } = set;
  return {
    images: nchwToNhwc(toFloat(set), [count, channels, height, width]),
    labels: Uint32Array.from(labels),
    numbers: Uint32Array.from(labels, (_, i) => i),
  };
}
