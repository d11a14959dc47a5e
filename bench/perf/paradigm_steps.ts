/** A training step of each paradigm, as the default preset trains it. */

import { planted } from "../../datasets/planted.ts";
import { datasetOf } from "../../datasets/registry.ts";
import { subset } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { parameterCount } from "../../engine/nn/model.ts";
import { release } from "../../engine/graph/variables.ts";
import { Trainer } from "../../paradigms/train.ts";
import type { TrainCell } from "../plan/cell.ts";
import { learnerFor, settingsOf } from "../cells/network.ts";
import { makeOptimizer, makeSchedule } from "../config/recipe.ts";
import { loadPreset } from "../config/load_preset.ts";
import { expand } from "../plan/plan.ts";
import type { TrainingTime } from "../records/perf_record.ts";
import type { SamplingOptions } from "./sample.ts";
import { timeSteps } from "./time_steps.ts";

const PRESET = "quick";

/** The cells of the preset that train a paradigm on natural images, one each; paradigms that it leaves out are absent. */
export async function paradigmCells(): Promise<TrainCell[]> {
  const preset = await loadPreset(PRESET);
  return expand(preset, [0]).filter((cell): cell is TrainCell =>
    cell.kind === "train" && cell.featureSet === "natural" && cell.config.adversary === null
  );
}

/** Trains a cell's network on generated images of its size, with its batch size, optimiser and augmentation. */
export async function measureParadigm(
  gpu: Gpu,
  cell: TrainCell,
  options: SamplingOptions,
): Promise<TrainingTime> {
  const { training, dataset } = cell.config;
  const size = datasetOf(dataset).imageSize(dataset);
  const { batchSize, accumulate, clipNorm, augmentation } = training;
  const set = subset(planted({ size, trainSize: 2 * batchSize, testSize: 10 }).train, 2 * batchSize);
  const learner = learnerFor(settingsOf(cell), { set, seed: 0 });
  gpu.buffers.resetPeak();
  const since = performance.now();
  const trainer = await Trainer.create(gpu, {
    learner,
    set,
    batchSize,
    optimizer: makeOptimizer(training),
    schedule: makeSchedule(training, 2),
    accumulate,
    clipNorm,
    augmentation,
    seed: 0,
  });
  try {
    const times = await timeSteps(gpu, { options, since, step: () => trainer.step() });
    const { flopsPerStep, dispatchesPerStep } = trainer;
    return {
      name: `${cell.paradigm} of ${PRESET}, ${size}x${size}`,
      batchSize,
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
