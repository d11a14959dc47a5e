/** How fast a training step of the suite runs, augmentation and optimiser included. */

import { NO_AUGMENTATION } from "../../datasets/augment.ts";
import { planted } from "../../datasets/planted.ts";
import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { parameterCount } from "../../engine/nn/model.ts";
import { constant } from "../../engine/optim/schedules.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { release } from "../../engine/graph/variables.ts";
import { supervised } from "../../paradigms/supervised.ts";
import { Trainer } from "../../paradigms/train.ts";
import type { Learner } from "../../paradigms/types.ts";
import type { TrainingTime } from "../records/perf_record.ts";
import type { SamplingOptions } from "./sample.ts";
import { timeSteps } from "./time_steps.ts";

/** Which residual network, on which images. */
export interface GoalNetwork {
  readonly widths: readonly [number, number, number];
  readonly imageSize: number;
  readonly batchSize: number;
}

/** The network of the project's speed goals. */
export const GOAL: GoalNetwork = { widths: [16, 32, 64], imageSize: 32, batchSize: 128 };

/** "resnet8 16,32,64, 32x32". */
export function networkName({ widths, imageSize }: GoalNetwork): string {
  return `resnet8 ${widths.join(",")}, ${imageSize}x${imageSize}`;
}

/** A fresh network with generated images. */
export function makeGoal({ widths, imageSize, batchSize }: GoalNetwork): { learner: Learner; set: ImageSet } {
  return {
    learner: supervised.create(
      { encoder: { arch: "resnet8", widths } },
      { height: imageSize, width: imageSize, classes: 10, seed: 0 },
    ),
    set: planted({ size: imageSize, trainSize: 2 * batchSize, testSize: 10 }).train,
  };
}

/** Compiles its training step as the suite trains: crops, flips, SGD with Nesterov momentum and weight decay. */
export function trainGoal(
  gpu: Gpu,
  { learner, set, network }: {
    learner: Learner;
    set: ImageSet;
    network: GoalNetwork;
  },
): Promise<Trainer> {
  return Trainer.create(gpu, {
    learner,
    set,
    batchSize: network.batchSize,
    optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    schedule: constant({ lr: 0.01 }),
    augmentation: { ...NO_AUGMENTATION, cropPadding: Math.round(network.imageSize / 8), flip: true },
    seed: 0,
  });
}

/** Trains resnet8 on generated images; correctness is the tests' business, time is this function's. */
export async function measureTraining(
  gpu: Gpu,
  network: GoalNetwork,
  options: SamplingOptions,
): Promise<TrainingTime> {
  const { learner, set } = makeGoal(network);
  gpu.buffers.resetPeak();
  const since = performance.now();
  const trainer = await trainGoal(gpu, { learner, set, network });
  try {
    const times = await timeSteps(gpu, { options, since, step: () => trainer.step() });
    const { flopsPerStep, dispatchesPerStep } = trainer;
    return {
      name: networkName(network),
      batchSize: network.batchSize,
      parameters: parameterCount(learner),
      flopsPerStep,
      dispatchesPerStep,
      ...times,
      peakBytes: gpu.buffers.peakBytes,
    };
  } finally {
    trainer.dispose();
    release(gpu, [...learner.parameters, ...learner.buffers]);
  }
}
