/** AutoAttack as evaluations of robustness run it. */

import type { RobustnessAttack, ThreatSettings } from "../evaluation/robustness_attack.ts";
import { autoAttack } from "./autoattack.ts";
import type { AutoAttackFn, AutoAttackOptions, AutoAttackResult } from "./types.ts";

/** Settings of AutoAttack, apart from the classifier and the images. */
export type AutoAttackSettings =
  & ThreatSettings
  & Omit<AutoAttackOptions, "logits" | "classes" | "imageShape" | "batchSize">
  & {
    /** Images that are attacked, the first ones of the set. */
    readonly images: number;
  };

/**
 * AutoAttack on the first images of the set. An image's number in the set keys its random numbers, so that its outcome
 * depends neither on the batch size nor on how many images are attacked.
 *
 * @param run What evaluates the model; tests give a stand-in. Default {@linkcode autoAttack}.
 */
export function autoAttackOn(
  run: AutoAttackFn = autoAttack,
): RobustnessAttack<AutoAttackSettings, AutoAttackResult> {
  return {
    name: "autoattack",
    title: "AutoAttack",
    evaluate: (gpu, target, { images, ...settings }, how = {}) => {
      const { logits, classes, imageShape } = target;
      const batchSize = Math.min(target.batchSize, images);
      return run(gpu, { ...settings, logits, classes, imageShape, batchSize }, target.examples(images), how);
    },
  };
}
