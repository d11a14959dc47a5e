/** The probes of a train cell: on the trained encoder, and on the untrained one for comparison. */

import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors } from "../../engine/safetensors.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { accuracyOf, evaluateClean, type Probe, trainProbe } from "../../paradigms/mod.ts";
import { sha256Hex } from "../sha256.ts";
import type { CellRecord, Metric } from "../schema.ts";
import type { TrainTask } from "./train.ts";

/** A probe that has been judged. */
export interface JudgedProbe {
  /** Scores of encoder and probe. */
  logits(images: Tensor): Tensor;
  readonly metrics: Record<string, Metric>;
  readonly checks: CellRecord["checks"];
  dispose(): void;
}

/**
 * Trains the probe on the trained encoder and judges it on the natural test set.
 *
 * @param before Hash of the encoder's weights, which has to stay.
 */
export async function probeOf(
  gpu: Gpu,
  { before, ...task }: TrainTask & { readonly before: string },
): Promise<JudgedProbe> {
  if (task.cell.config.probe === null) return NONE;
  const { probe, accuracy } = await trainAndJudge(gpu, task);
  const after = await hashOf(gpu, task);
  return {
    logits: probe.logits,
    metrics: { probeAccuracy: { value: accuracy, unit: "fraction" } },
    checks: [{
      name: "encoder unchanged by the probe",
      passed: before === after,
      detail: `sha256 of the weights ${before} before, ${after} after`,
    }],
    dispose: () => probe.dispose(),
  };
}

/** The same probe on the encoder before its training, where the preset asks for it: on the natural set only. */
export async function untrainedAccuracy(gpu: Gpu, task: TrainTask): Promise<Record<string, Metric>> {
  const { cell: { config, featureSet } } = task;
  if (!config.probe?.untrained || featureSet !== "natural" || config.adversary !== null) return {};
  const { probe, accuracy } = await trainAndJudge(gpu, task);
  probe.dispose();
  return { untrainedProbeAccuracy: { value: accuracy, unit: "fraction" } };
}

/** Stands in where the preset asks for no probe; the presets' reader makes sure that nobody needs its scores. */
const NONE: JudgedProbe = {
  logits() {
    throw new TypeError("Cannot classify: the preset trains no probe");
  },
  metrics: {},
  checks: [],
  dispose() {},
};

async function trainAndJudge(gpu: Gpu, task: TrainTask): Promise<{ probe: Probe; accuracy: number }> {
  const { cell, context, dataset, learner, set, phases } = task;
  const config = cell.config.probe!, { batchSize } = cell.config.evaluation;
  context.signal.throwIfAborted();
  const trainSet = config.data === "same" ? set : dataset.train;
  const report = (done: number) => {
    context.signal.throwIfAborted();
    context.progress({ label: "probe", done, total: trainSet.count, unit: "images" });
  };
  return await phases.measure("probe", trainSet.count + dataset.test.count, async () => {
    const probe = await trainProbe(gpu, {
      ...config,
      learner,
      set: trainSet,
      seed: cell.seed,
      onProgress: report,
    });
    const outcome = await evaluateClean(gpu, {
      logits: probe.logits,
      set: dataset.test,
      batchSize,
      onProgress: () => context.signal.throwIfAborted(),
    });
    return { probe, accuracy: accuracyOf(outcome) };
  });
}

async function hashOf(gpu: Gpu, { learner }: TrainTask): Promise<string> {
  return await sha256Hex(encodeSafetensors(await exportWeights(gpu, learner)));
}
