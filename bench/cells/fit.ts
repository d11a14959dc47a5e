/** The training of a train cell: epochs, progress, checkpoints and the probe's curve. */

import type { Json } from "../../engine/checkpoint.ts";
import type { Gpu } from "../../engine/device.ts";
import { type EpochReport, Trainer } from "../../paradigms/mod.ts";
import type { TrainingHistory } from "../checkpoint_file.ts";
import type { PhaseLog } from "../phases.ts";
import type { Metric } from "../schema.ts";
import { curveMetrics, type CurvePoint, ProbeCurve } from "./curve.ts";
import { makeOptimizer, makeSchedule } from "./recipe.ts";
import type { TrainTask } from "./train.ts";

/** How far a training has come. */
interface Fit {
  readonly losses: number[];
  accuracy: number | null;
  elapsedMs: number;
  readonly curve: CurvePoint[];
}

/** Trains the encoder, from its checkpoint if there is one. */
export async function fitEncoder(gpu: Gpu, task: TrainTask): Promise<Record<string, Metric>> {
  const { cell, context, learner, set, phases } = task;
  const { training, adversary } = cell.config;
  const { epochs, batchSize, accumulate, clipNorm, augmentation } = training;
  const curve = await ProbeCurve.open(gpu, task);
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
    if (fit.losses.length === 0) fit.curve.push(...await curve.at(0));
    for (let epoch = fit.losses.length; epoch < epochs; epoch++) {
      const startedAt = performance.now();
      const run = () => trainer.epoch({ signal: context.signal, onStep });
      const report: EpochReport = await phases.measure("train", imagesPerEpoch, run);
      fit.elapsedMs += performance.now() - startedAt;
      fit.losses.push(report.loss);
      fit.accuracy = report.accuracy;
      fit.curve.push(...await curve.at(epoch + 1));
      await context.checkpoint.save(historyOf(fit, phases), (path, notes) => trainer.save(path, notes));
    }
  } finally {
    trainer.dispose();
    curve.dispose();
  }
  return {
    trainLoss: { value: fit.losses[epochs - 1], unit: "1", samples: fit.losses },
    ...(fit.accuracy === null ? {} : { trainAccuracy: { value: fit.accuracy, unit: "fraction" } }),
    imagesPerSecond: { value: total / (fit.elapsedMs / 1000), unit: "images/s" },
    ...curveMetrics(fit.curve),
  };
}

async function restore(trainer: Trainer, { context: { checkpoint }, phases }: TrainTask): Promise<Fit> {
  const history = await checkpoint.load();
  if (history === null) return { losses: [], accuracy: null, elapsedMs: 0, curve: [] };
  await trainer.restore(checkpoint.path);
  const { losses, accuracy, elapsedMs, more } = history;
  const { curve, work } = more as unknown as More;
  phases.restore(work);
  return { losses: [...losses], accuracy, elapsedMs, curve: [...curve] };
}

/** What a checkpoint holds beside weights, losses and time. */
interface More {
  readonly curve: readonly CurvePoint[];
  readonly work: Pick<PhaseLog, "phases" | "peakBytes">;
}

function historyOf({ losses, accuracy, elapsedMs, curve }: Fit, phases: PhaseLog): TrainingHistory {
  const more: More = { curve, work: { phases: phases.phases, peakBytes: phases.peakBytes } };
  return { losses, accuracy, elapsedMs, more: more as unknown as Json };
}
