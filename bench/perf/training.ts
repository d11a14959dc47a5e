/** How fast a training step runs, augmentation and optimiser included. */

import { planted } from "../../datasets/planted.ts";
import type { Gpu } from "../../engine/device.ts";
import { parameterCount } from "../../engine/nn/model.ts";
import { cosine } from "../../engine/optim/schedules.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { release } from "../../engine/variables.ts";
import { supervised } from "../../paradigms/supervised.ts";
import { Trainer } from "../../paradigms/train.ts";

/** What one measurement of training found. */
export interface TrainingSpeed {
  readonly batchSize: number;
  readonly parameters: number;
  /** Images a second of each repetition; the clock stops when the device has finished. */
  readonly samples: readonly number[];
  /** Steps in one repetition. */
  readonly steps: number;
  readonly flopsPerStep: number;
  /** Device to end of first step, shaders compiled. */
  readonly firstStepMs: number;
  /** Device bytes held after the first step and after the last. */
  readonly liveBytes: readonly [number, number];
}

/** What to measure. */
export interface TrainingSpeedOptions {
  readonly widths: readonly [number, number, number];
  readonly imageSize: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly repetitions: number;
}

/** Trains resnet8 on generated images; correctness is the tests' business, time is this function's. */
export async function measureTraining(gpu: Gpu, options: TrainingSpeedOptions): Promise<TrainingSpeed> {
  const { widths, imageSize, batchSize, steps, repetitions } = options;
  const data = planted({ size: imageSize, trainSize: 4 * batchSize, testSize: 10 });
  const learner = supervised.create({ arch: "resnet8", widths, classes: data.train.classNames.length }, {
    seed: 0,
  });
  const startedAt = performance.now();
  const trainer = await Trainer.create(gpu, {
    learner,
    set: data.train,
    batchSize,
    optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    schedule: cosine({ lr: 0.05, totalSteps: steps * repetitions + 1 }),
    clipNorm: null,
    cropPadding: imageSize / 8,
    flip: true,
    adversary: null,
    seed: 0,
  });
  trainer.step();
  await gpu.idle();
  const firstStepMs = performance.now() - startedAt;
  const liveAfterFirst = gpu.buffers.liveBytes;
  const samples: number[] = [];
  for (let r = 0; r < repetitions; r++) {
    const from = performance.now();
    for (let i = 0; i < steps; i++) trainer.step();
    await gpu.idle();
    samples.push(steps * batchSize / ((performance.now() - from) / 1000));
  }
  const liveAfterLast = gpu.buffers.liveBytes;
  const { flopsPerStep } = trainer;
  trainer.dispose();
  release(gpu, [...learner.parameters, ...learner.buffers]);
  return {
    batchSize,
    parameters: parameterCount(learner),
    samples,
    steps,
    flopsPerStep,
    firstStepMs,
    liveBytes: [liveAfterFirst, liveAfterLast],
  };
}
