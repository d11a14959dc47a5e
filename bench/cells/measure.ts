/** What is measured of a trained classifier: clean and robust accuracy, cue-only accuracies. */

import type { LogitsFn } from "../../attacks/pgd.ts";
import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { encodeSafetensors } from "../../engine/safetensors.ts";
import { accuracyOf, evaluateClean, evaluateUnderPgd } from "../../paradigms/evaluate.ts";
import type { CellRecord, Metric } from "../schema.ts";
import type { TrainTask } from "./train.ts";

interface MeasureTask extends TrainTask {
  /** Scores of the classifier that is judged: the paradigm's own, or encoder and probe. */
  readonly logits: LogitsFn;
}

interface Measured {
  readonly metrics: Record<string, Metric>;
  readonly checks: CellRecord["checks"];
}

/** How far a perturbation may overshoot by rounding, in pixel units. */
const SLACK = 1e-6;

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

const fraction = (value: number): Metric => ({ value, unit: "fraction" });

async function attack(
  gpu: Gpu,
  { logits, cell, context, dataset, phases }: MeasureTask,
): Promise<Measured> {
  const { batchSize, attack } = cell.config.evaluation;
  const set = dataset.test;
  const onProgress = (done: number) => {
    context.signal.throwIfAborted();
    context.progress({ label: "attack", done, total: set.count, unit: "images" });
  };
  const threat = { ...attack, eps: attack.eps.value, stepSize: attack.stepSize.value, seed: cell.seed };
  const run = () => evaluateUnderPgd(gpu, { logits, set, batchSize, onProgress }, threat);
  const units = set.count * attack.steps * attack.restarts;
  const { clean, robust, distance } = await phases.measure("attack", units, run);
  const bits = (data: Uint8Array<ArrayBuffer>) => ({ dtype: "U8" as const, shape: [set.count], data });
  const outcomes = new Map([["clean", bits(clean)], ["pgd", bits(robust)]]);
  await context.artifact("outcomes", "outcomes.safetensors", encodeSafetensors(outcomes));
  const largest = distance.reduce((a, b) => Math.max(a, b), 0);
  const within = distance.every((d) => d <= attack.eps.value + SLACK);
  return {
    metrics: {
      cleanAccuracy: fraction(accuracyOf(clean)),
      robustAccuracy: fraction(accuracyOf(robust)),
      largestPerturbation: { value: largest, unit: "pixels" },
    },
    checks: [{
      name: "perturbations within eps",
      passed: within,
      detail: `largest ${attack.norm} distance ${largest}, eps ${attack.eps.value}, ${set.count} images`,
    }],
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
    const judge = () => evaluateClean(gpu, { logits, set, batchSize, onProgress });
    return fraction(accuracyOf(await phases.measure("clean", set.count, judge)));
  };
  return {
    robustCueAccuracy: await on(dataset.extraTests.robustCueOnly),
    nonRobustCueAccuracy: await on(dataset.extraTests.nonRobustCueOnly),
  };
}
