/** What is measured of a trained classifier: clean and robust accuracy, cue-only accuracies. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { accuracyOf, evaluateClean } from "../../paradigms/evaluate.ts";
import type { Metric } from "../records/mod.ts";
import { attack, type Measured, type MeasureTask } from "./attack.ts";
import { warnNotFinite } from "./warn_not_finite.ts";

/** Measures a classifier on the natural test set. */
export async function measure(gpu: Gpu, options: MeasureTask): Promise<Measured> {
  const attacked = await attack(gpu, options);
  const cues = await cueAccuracies(gpu, options);
  const { classNames } = options.dataset.test;
  return {
    metrics: {
      ...attacked.metrics,
      ...cues,
      chance: { value: 1 / classNames.length, unit: "fraction" },
    },
    checks: attacked.checks,
  };
}

async function cueAccuracies(
  gpu: Gpu,
  { logits, cell, context, dataset, phases }: MeasureTask,
): Promise<Record<string, Metric>> {
  if (dataset.extraTests === undefined) return {};
  const { batchSize } = cell.config.evaluation;
  const onProgress = () => context.signal.throwIfAborted();
  const on = async (set: ImageSet) => {
    const onNotFinite = warnNotFinite(context, set);
    const judge = () => evaluateClean(gpu, { logits, set, batchSize, onProgress, onNotFinite });
    const right = await phases.measure("clean", set.count, judge);
    return { value: accuracyOf(right), unit: "fraction" };
  };
  return {
    robustCueAccuracy: await on(dataset.extraTests.robustCueOnly),
    nonRobustCueAccuracy: await on(dataset.extraTests.nonRobustCueOnly),
  };
}
