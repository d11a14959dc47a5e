/** The training of a train cell: epochs, progress, checkpoints and snapshots of the weights. */

import { type Json, loadCheckpoint, saveCheckpoint } from "../../engine/files/checkpoint.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { exportWeights, loadWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors } from "../../engine/files/safetensors.ts";
import { type EpochReport, Trainer } from "../../paradigms/train.ts";
import type { TrainingHistory, WriteCheckpoint } from "../store/checkpoint_file.ts";
import type { Work } from "../record/phases.ts";
import type { Artifact, Metric } from "../records/mod.ts";
import { keepWhenStopped } from "./keep_when_stopped.ts";
import type { Snapshot } from "./network.ts";
import { snapshotFault } from "./snapshot_fault.ts";
import { makeOptimizer, makeSchedule } from "../config/recipe.ts";
import type { TrainTask } from "./task.ts";

/** How far a training has come. */
interface Fit {
  readonly losses: number[];
  accuracy: number | null;
  elapsedMs: number;
  readonly snapshots: Snapshot[];
  /** Whether there is a checkpoint to continue from. */
  readonly resumed: boolean;
}

/** What a training found and left. */
export interface Fitted {
  readonly metrics: Record<string, Metric>;
  readonly snapshots: readonly Snapshot[];
  /** Keeps that it is done, with its weights, in the cell's checkpoint. */
  readonly keep: () => Promise<void>;
}

/** Trains the encoder, from its checkpoint if there is one. Stopped by the signal, it keeps the steps that are done. */
export async function fitEncoder(gpu: Gpu, task: TrainTask): Promise<Fitted> {
  const { cell, context: { checkpoint }, learner, set, phases } = task,
    { epochs, batchSize } = cell.config.training;
  const fit = await loadFit(task);
  if (fit.losses.length < epochs) await train(gpu, task, fit);
  else await loadLearner(gpu, task);
  const work = phases.workSoFar(0), images = epochs * Math.floor(set.count / batchSize) * batchSize;
  return {
    metrics: {
      trainLoss: { value: fit.losses[epochs - 1], unit: "1", samples: fit.losses },
      ...(fit.accuracy === null ? {} : { trainAccuracy: { value: fit.accuracy, unit: "fraction" } }),
      imagesPerSecond: { value: images / (fit.elapsedMs / 1000), unit: "images/s" },
    },
    snapshots: fit.snapshots,
    keep: () => {
      const write: WriteCheckpoint = async (path, notes) =>
        await saveCheckpoint(path, { tensors: await exportWeights(gpu, learner), state: { notes } });
      return checkpoint.save(historyOf(fit, work), write, { now: true });
    },
  };
}

/** Runs the epochs that are missing. */
async function train(gpu: Gpu, task: TrainTask, fit: Fit): Promise<void> {
  const { cell, context: { checkpoint, signal, progress }, learner, set, phases } = task;
  const { training, adversary } = cell.config;
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
  let piece = { from: 0, startedAt: 0 };
  const save = (options?: { now: boolean }) => {
    const work = phases.workSoFar((trainer.stepsDone - piece.from) * batchSize);
    return checkpoint.save(historyOf(fit, work), (path, notes) => trainer.save(path, notes), options);
  };
  const onStep = (step: number) =>
    progress({
      label: "train",
      done: step * batchSize,
      total: epochs * trainer.stepsPerEpoch * batchSize,
      unit: "images",
      ...(fit.losses.length === 0 ? {} : { loss: fit.losses[fit.losses.length - 1] }),
      ...(fit.accuracy === null ? {} : { accuracy: fit.accuracy }),
    });
  const work = async () => {
    if (fit.resumed) await trainer.restore(checkpoint.path);
    for (let epoch = fit.losses.length; epoch < epochs; epoch++) {
      piece = { from: trainer.stepsDone, startedAt: performance.now() };
      const images = ((epoch + 1) * trainer.stepsPerEpoch - piece.from) * batchSize;
      const report = await phases.measure("train", images, () => trainer.epoch({ epoch, onStep }));
      await endEpoch(gpu, { task, fit, report, startedAt: piece.startedAt });
      await save();
    }
  };
  const keep = async () => {
    if (trainer.stepsDone === 0) return;
    if (trainer.stepsDone > fit.losses.length * trainer.stepsPerEpoch) {
      fit.elapsedMs += performance.now() - piece.startedAt;
    }
    await save({ now: true });
  };
  try {
    await keepWhenStopped(gpu, { signal, work, keep });
  } finally {
    trainer.dispose();
  }
}

/** Notes what an epoch came to, and keeps the weights where they are asked for: both, or none if it is stopped. */
async function endEpoch(
  gpu: Gpu,
  { task, fit, report, startedAt }: {
    task: TrainTask;
    fit: Fit;
    report: EpochReport;
    startedAt: number;
  },
): Promise<void> {
  const elapsedMs = performance.now() - startedAt, epoch = fit.losses.length + 1;
  const isKept = task.cell.config.snapshots.includes(epoch);
  const artifact = isKept ? await saveSnapshot(gpu, { task, epoch }) : null;
  if (artifact !== null) fit.snapshots.push({ epoch, artifact });
  fit.losses.push(report.loss);
  fit.accuracy = report.accuracy;
  fit.elapsedMs += elapsedMs;
}

/** Keeps the weights as they are in the course of the training. */
async function saveSnapshot(
  gpu: Gpu,
  { task: { learner, context }, epoch }: { task: TrainTask; epoch: number },
): Promise<Artifact> {
  const bytes = encodeSafetensors(await exportWeights(gpu, learner));
  return await context.artifact("snapshot", `epoch-${epoch}.safetensors`, bytes);
}

/** The training's progress in the checkpoint; the phases continue from there. */
async function loadFit({ cell, context, phases }: TrainTask): Promise<Fit> {
  const { checkpoint } = context, fresh = { losses: [], accuracy: null, elapsedMs: 0, snapshots: [] };
  const history = await checkpoint.load();
  if (history === null) return { ...fresh, resumed: false };
  const { losses, accuracy, elapsedMs, more } = history;
  const { snapshots, work } = more as unknown as More;
  const fault = await snapshotFault(cell.name, snapshots, context);
  if (fault !== null) {
    await checkpoint.setAside(fault);
    return { ...fresh, resumed: false };
  }
  phases.restore(work);
  return { losses: [...losses], accuracy, elapsedMs, snapshots: [...snapshots], resumed: true };
}

/** Takes the weights of a training that was done. */
async function loadLearner(gpu: Gpu, { learner, context: { checkpoint } }: TrainTask): Promise<void> {
  const { tensors } = await loadCheckpoint(checkpoint.path);
  const own = new Set([...learner.parameters, ...learner.buffers].map(({ name }) => name));
  loadWeights(gpu, learner, new Map([...tensors].filter(([name]) => own.has(name))));
}

/** The rest of a checkpoint: all but weights, losses and time. */
interface More {
  readonly snapshots: readonly Snapshot[];
  readonly work: Work;
}

function historyOf({ losses, accuracy, elapsedMs, snapshots }: Fit, work: Work): TrainingHistory {
  const more: More = { snapshots, work };
  return { losses, accuracy, elapsedMs, more: more as unknown as Json };
}
