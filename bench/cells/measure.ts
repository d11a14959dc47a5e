/** What is measured of a trained encoder: clean and robust accuracy, cue-only accuracies, the probe. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors } from "../../engine/safetensors.ts";
import { accuracyOf, evaluateClean, evaluateUnderPgd } from "../../paradigms/evaluate.ts";
import { trainProbe } from "../../paradigms/probe.ts";
import type { Learner } from "../../paradigms/types.ts";
import { sha256Hex } from "../sha256.ts";
import type { TrainCell } from "../cell.ts";
import type { CellRecord, Metric } from "../schema.ts";
import type { CellTask } from "./train.ts";

interface MeasureTask {
  readonly learner: Learner;
  /** The set the encoder was trained on. */
  readonly set: ImageSet;
  readonly task: CellTask<TrainCell>;
}

interface Measured {
  readonly metrics: Record<string, Metric>;
  readonly checks: CellRecord["checks"];
}

/** How far a perturbation may overshoot by rounding, in pixel units. */
const SLACK = 1e-6;

/** Measures an encoder on the natural test set. */
export async function measure(gpu: Gpu, options: MeasureTask): Promise<Measured> {
  const attacked = await attack(gpu, options);
  const cues = await cueAccuracies(gpu, options);
  const probe = await probeAccuracy(gpu, options);
  const { classNames } = options.task.dataset.test;
  return {
    metrics: {
      ...attacked.metrics,
      ...cues,
      ...probe.metrics,
      chance: { value: 1 / classNames.length, unit: "fraction" },
    },
    checks: [...attacked.checks, ...probe.checks],
  };
}

const fraction = (value: number): Metric => ({ value, unit: "fraction" });

async function attack(
  gpu: Gpu,
  { learner, task: { cell, context, dataset } }: MeasureTask,
): Promise<Measured> {
  const { batchSize, attack } = cell.config.evaluation;
  const set = dataset.test;
  const report = (done: number) => {
    context.signal.throwIfAborted();
    context.progress({ label: "attack", done, total: set.count, unit: "images" });
  };
  const { clean, robust, distance } = await evaluateUnderPgd(
    gpu,
    { logits: learner.logits!, set, batchSize, onProgress: report },
    { ...attack, eps: attack.eps.value, stepSize: attack.stepSize.value, seed: cell.seed },
  );
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
  { learner, task: { cell, context, dataset } }: MeasureTask,
): Promise<Record<string, Metric>> {
  if (dataset.extraTests === undefined) return {};
  const { batchSize } = cell.config.evaluation;
  const logits = learner.logits!;
  const onProgress = () => context.signal.throwIfAborted();
  const on = async (set: ImageSet) =>
    fraction(accuracyOf(await evaluateClean(gpu, { logits, set, batchSize, onProgress })));
  return {
    robustCueAccuracy: await on(dataset.extraTests.robustCueOnly),
    nonRobustCueAccuracy: await on(dataset.extraTests.nonRobustCueOnly),
  };
}

async function probeAccuracy(
  gpu: Gpu,
  { learner, set, task: { cell, context, dataset } }: MeasureTask,
): Promise<Measured> {
  const config = cell.config.probe;
  if (config === null) return { metrics: {}, checks: [] };
  context.signal.throwIfAborted();
  const before = await hashOf(gpu, learner);
  const probeSet = config.data === "same" ? set : dataset.train;
  const probe = await trainProbe(gpu, { ...config, learner, set: probeSet, seed: cell.seed });
  const outcome = await evaluateClean(gpu, {
    logits: probe.logits,
    set: dataset.test,
    batchSize: cell.config.evaluation.batchSize,
    onProgress: () => context.signal.throwIfAborted(),
  });
  probe.dispose();
  const after = await hashOf(gpu, learner);
  return {
    metrics: { probeAccuracy: fraction(accuracyOf(outcome)) },
    checks: [{
      name: "encoder unchanged by the probe",
      passed: before === after,
      detail: `sha256 of the weights ${before} before, ${after} after`,
    }],
  };
}

async function hashOf(gpu: Gpu, learner: Learner): Promise<string> {
  return await sha256Hex(encodeSafetensors(await exportWeights(gpu, learner)));
}
