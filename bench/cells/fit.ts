/** The training of a train cell: epochs, progress, checkpoints and snapshots of the weights. */

import type { Json } from "../../engine/checkpoint.ts";
import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors } from "../../engine/safetensors.ts";
import { type EpochReport, Trainer } from "../../paradigms/train.ts";
import type { TrainingHistory } from "../store/checkpoint_file.ts";
import type { PhaseLog } from "../record/phases.ts";
import type { Artifact, Metric } from "../schema.ts";
import type { Snapshot } from "./network.ts";
import { makeOptimizer, makeSchedule } from "../config/recipe.ts";
import type { TrainTask } from "./task.ts";

/** How far a training has come. */
interface Fit {
  readonly losses: number[];
  accuracy: number | null;
  elapsedMs: number;
  readonly snapshots: Snapshot[];
}

/** What a training found and left. */
export interface Fitted {
  readonly metrics: Record<string, Metric>;
  readonly snapshots: readonly Snapshot[];
}

/** Trains the encoder, from its checkpoint if there is one. */
export async function fitEncoder(gpu: Gpu, task: TrainTask): Promise<Fitted> {
  const { cell, context, learner, set, phases } = task;
  const { training, adversary, snapshots } = cell.config;
  const { epochs, batchSize, accumulate, clipNorm, augmentation } = training;
  const trainer = await Trainer.create(gpu, {
    learner,
    set,
    batchSize,
    optimizer: makeOptimizer(training),
    schedule: makeSchedule(training, Math.floor(set.count / batchSize)),
    accumulate,
    clipNorm,
    augmentation,
    adversary: adversary && { ...adversary, eps: adversary.eps.value, stepSize: adversary.stepSize.value },
    seed: cell.seed,
  });
  const imagesPerEpoch = trainer.stepsPerEpoch * batchSize, total = epochs * imagesPerEpoch;
  const fit = await restore(trainer, task);
  const onStep = (step: number) =>
    context.progress({
      label: "train",
      done: step * batchSize,
      total,
      unit: "images",
      ...(fit.losses.length === 0 ? {} : { loss: fit.losses[fit.losses.length - 1] }),
      ...(fit.accuracy === null ? {} : { accuracy: fit.accuracy }),
    });
  try {
    for (let epoch = fit.losses.length; epoch < epochs; epoch++) {
      const startedAt = performance.now();
      const run = () => trainer.epoch({ signal: context.signal, onStep });
      const report: EpochReport = await phases.measure("train", imagesPerEpoch, run);
      fit.elapsedMs += performance.now() - startedAt;
      fit.losses.push(report.loss);
      fit.accuracy = report.accuracy;
      if (snapshots.includes(epoch + 1)) {
        fit.snapshots.push({
          epoch: epoch + 1,
          artifact: await saveSnapshot(gpu, { task, epoch: epoch + 1 }),
        });
      }
      await context.checkpoint.save(historyOf(fit, phases), (path, notes) => trainer.save(path, notes));
    }
  } finally {
    trainer.dispose();
  }
  return {
    metrics: {
      trainLoss: { value: fit.losses[epochs - 1], unit: "1", samples: fit.losses },
      ...(fit.accuracy === null ? {} : { trainAccuracy: { value: fit.accuracy, unit: "fraction" } }),
      imagesPerSecond: { value: total / (fit.elapsedMs / 1000), unit: "images/s" },
    },
    snapshots: fit.snapshots,
  };
}

/** Keeps the weights as they are in the course of the training. */
async function saveSnapshot(
  gpu: Gpu,
  { task: { learner, context }, epoch }: { task: TrainTask; epoch: number },
): Promise<Artifact> {
  const bytes = encodeSafetensors(await exportWeights(gpu, learner));
  return await context.artifact("snapshot", `epoch-${epoch}.safetensors`, bytes);
}

async function restore(trainer: Trainer, { context: { checkpoint }, phases }: TrainTask): Promise<Fit> {
  const history = await checkpoint.load();
  if (history === null) return { losses: [], accuracy: null, elapsedMs: 0, snapshots: [] };
  await trainer.restore(checkpoint.path);
  const { losses, accuracy, elapsedMs, more } = history;
  const { snapshots, work } = more as unknown as More;
  phases.restore(work);
  return { losses: [...losses], accuracy, elapsedMs, snapshots: [...snapshots] };
}

/** What a checkpoint holds beside weights, losses and time. */
interface More {
  readonly snapshots: readonly Snapshot[];
  readonly work: Pick<PhaseLog, "phases" | "peakBytes">;
}

function historyOf({ losses, accuracy, elapsedMs, snapshots }: Fit, phases: PhaseLog): TrainingHistory {
  const more: More = { snapshots, work: { phases: phases.phases, peakBytes: phases.peakBytes } };
  return { losses, accuracy, elapsedMs, more: more as unknown as Json };
}
