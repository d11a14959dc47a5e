/** How fast a training step of the suite runs, augmentation and optimiser included. */

import { NO_AUGMENTATION } from "../../datasets/augment.ts";
import { planted } from "../../datasets/planted.ts";
import type { Gpu } from "../../engine/device.ts";
import { parameterCount } from "../../engine/nn/model.ts";
import { cosine } from "../../engine/optim/schedules.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { release } from "../../engine/variables.ts";
import { supervised } from "../../paradigms/supervised.ts";
import { Trainer } from "../../paradigms/train.ts";
import { type StepTimes, timeSteps } from "./time_steps.ts";

/** How often to measure. */
export interface SpeedOptions {
  /** Steps in a repetition. */
  readonly steps: number;
  readonly repetitions: number;
  readonly signal: AbortSignal;
}

/** What one measurement of a network found. */
export interface NetworkSpeed extends StepTimes {
  readonly network: string;
  readonly batchSize: number;
  readonly parameters: number;
  readonly flopsPerStep: number;
  readonly dispatchesPerStep: number;
}

/** Which residual network, on which images. */
export interface TrainingSpeedOptions extends SpeedOptions {
  readonly widths: readonly [number, number, number];
  readonly imageSize: number;
  readonly batchSize: number;
}

/** Trains resnet8 on generated images; correctness is the tests' business, time is this function's. */
export async function measureTraining(gpu: Gpu, options: TrainingSpeedOptions): Promise<NetworkSpeed> {
  const { widths, imageSize, batchSize, steps, repetitions } = options;
  const data = planted({ size: imageSize, trainSize: 4 * batchSize, testSize: 10 });
  const learner = supervised.create(
    { encoder: { arch: "resnet8", widths } },
    { height: imageSize, width: imageSize, classes: 10, seed: 0 },
  );
  const since = performance.now();
  const trainer = await Trainer.create(gpu, {
    learner,
    set: data.train,
    batchSize,
    optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    schedule: cosine({ lr: 0.05, totalSteps: steps * repetitions + 1 }),
    augmentation: { ...NO_AUGMENTATION, cropPadding: Math.round(imageSize / 8), flip: true },
    seed: 0,
  });
  const times = await timeSteps(gpu, { ...options, since, step: () => trainer.step() });
  const { flopsPerStep, dispatchesPerStep } = trainer;
  trainer.dispose();
  release(gpu, [...learner.parameters, ...learner.buffers]);
  return {
    network: `resnet8 ${widths.join(",")}, ${imageSize}x${imageSize}`,
    batchSize,
    parameters: parameterCount(learner),
    flopsPerStep,
    dispatchesPerStep,
    ...times,
  };
}
