/** A train cell: train a network on a feature set, then measure it on the natural test set. */

import type { Dataset, ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { adam } from "../../engine/optim/adam.ts";
import { adamw } from "../../engine/optim/adamw.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { constant, cosine, type Schedule } from "../../engine/optim/schedules.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/safetensors.ts";
import { release } from "../../engine/variables.ts";
import { NonFiniteLossError, Trainer } from "../../paradigms/train.ts";
import type { Learner } from "../../paradigms/types.ts";
import { sha256Hex } from "../sha256.ts";
import type { CellContext, CellOutcome, TrainCell } from "../cell.ts";
import type { TrainingConfig } from "../preset.ts";
import type { Metric } from "../schema.ts";
import { measure } from "./measure.ts";
import { createLearner, type TrainedNetwork } from "./network.ts";

/** What a cell works with. */
export interface CellTask<Cell> {
  readonly cell: Cell;
  readonly context: CellContext;
  readonly dataset: Dataset;
}

/** Trains, then measures clean and robust accuracy, cues and probe. */
export async function trainCell(gpu: Gpu, task: CellTask<TrainCell>): Promise<CellOutcome> {
  const { cell, context, dataset } = task;
  const set = cell.featureSet === "natural" ? dataset.train : context.outputs.get(cell.inputs[0]) as ImageSet;
  if (set.count < dataset.train.count) {
    context.warn(
      `${cell.featureSet} holds ${set.count} images, natural ${dataset.train.count}: part of the difference in accuracy ` +
        "is due to their number",
    );
  }
  const learner = createLearner({ model: cell.config.model, set, seed: cell.seed });
  try {
    const trained = await train(gpu, { learner, set, task });
    const weights = await exportWeights(gpu, learner);
    checkFinite(weights);
    const bytes = encodeSafetensors(weights);
    await context.artifact("weights", "weights.safetensors", bytes);
    const network: TrainedNetwork = { weights, sha256: await sha256Hex(bytes) };
    context.outputs.set(cell.name, network);
    const measured = await measure(gpu, { learner, set, task });
    return { metrics: { ...trained, ...measured.metrics }, checks: measured.checks };
  } finally {
    release(gpu, [...learner.parameters, ...learner.buffers]);
  }
}

/** @throws {NonFiniteLossError} If the last step broke a weight, which no later loss could show. */
function checkFinite(weights: ReadonlyMap<string, HostTensor>): void {
  for (const [name, { dtype, data }] of weights) {
    if (dtype !== "F32") continue;
    const bad = (data as Float32Array).find((value) => !Number.isFinite(value));
    if (bad === undefined) continue;
    throw new NonFiniteLossError(
      `Cannot use the trained network: ${name} holds ${bad}\n` +
        "Hint: use a smaller learning rate or clip the gradients (training.lr, training.clipNorm)",
    );
  }
}

async function train(
  gpu: Gpu,
  { learner, set, task: { cell, context } }: { learner: Learner; set: ImageSet; task: CellTask<TrainCell> },
): Promise<Record<string, Metric>> {
  const { training, adversary } = cell.config;
  const { epochs, batchSize, clipNorm, cropPadding, flip } = training;
  const stepsPerEpoch = Math.floor(set.count / batchSize);
  const trainer = await Trainer.create(gpu, {
    learner,
    set,
    batchSize,
    optimizer: makeOptimizer(training),
    schedule: makeSchedule(training, stepsPerEpoch),
    clipNorm,
    cropPadding,
    flip,
    adversary: adversary && { ...adversary, eps: adversary.eps.value, stepSize: adversary.stepSize.value },
    seed: cell.seed,
  });
  const total = epochs * trainer.stepsPerEpoch * batchSize;
  const losses: number[] = [];
  let accuracy: number | null = null;
  let elapsedMs = 0;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const startedAt = performance.now();
      const report = await trainer.epoch({
        signal: context.signal,
        onStep: (step) =>
          context.progress({
            label: "train",
            done: step * batchSize,
            total,
            unit: "images",
            ...(epoch === 0 ? {} : { loss: losses[epoch - 1] }),
            ...(accuracy === null ? {} : { accuracy }),
          }),
      });
      elapsedMs += performance.now() - startedAt;
      losses.push(report.loss);
      accuracy = report.accuracy;
    }
  } finally {
    trainer.dispose();
  }
  return {
    trainLoss: { value: losses[epochs - 1], unit: "1", samples: losses },
    ...(accuracy === null ? {} : { trainAccuracy: { value: accuracy, unit: "fraction" } }),
    imagesPerSecond: { value: total / (elapsedMs / 1000), unit: "images/s" },
  };
}

function makeOptimizer({ optimizer, momentum, nesterov, weightDecay }: TrainingConfig): Optimizer {
  if (optimizer === "sgd") return sgd({ momentum, nesterov, weightDecay });
  return optimizer === "adam" ? adam({ weightDecay }) : adamw({ weightDecay });
}

function makeSchedule(
  { schedule, lr, epochs, warmupEpochs }: TrainingConfig,
  stepsPerEpoch: number,
): Schedule {
  const warmupSteps = warmupEpochs * stepsPerEpoch;
  return schedule === "cosine"
    ? cosine({ lr, warmupSteps, totalSteps: Math.max(warmupSteps + 1, epochs * stepsPerEpoch) })
    : constant({ lr, warmupSteps });
}
