/** A train cell: train an encoder on a feature set, and keep its weights. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/files/safetensors.ts";
import { release } from "../../engine/graph/variables.ts";
import { NonFiniteLossError } from "../../paradigms/train.ts";
import type { CellOutcome, TrainCell } from "../plan/cell.ts";
import { PhaseLog } from "../record/phases.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { fitEncoder } from "./fit.ts";
import { keepWhenStopped } from "./keep_when_stopped.ts";
import { learnerFor, settingsOf, type Snapshot, type TrainedNetwork } from "./network.ts";
import { savePictures } from "./pictures.ts";
import type { CellTask, TrainTask } from "./task.ts";

/** Trains, keeps the weights, and shows what the paradigm does. */
export async function trainCell(gpu: Gpu, given: CellTask<TrainCell>): Promise<CellOutcome> {
  const { cell, context, dataset } = given;
  const set = cell.featureSet === "natural" ? dataset.train : context.outputs.get(cell.inputs[0]) as ImageSet;
  if (set.count < dataset.train.count) {
    context.warn(
      `${cell.featureSet} holds ${set.count} images, natural ${dataset.train.count}: part of the difference in ` +
        "accuracy is due to their number",
    );
  }
  const phases = new PhaseLog(gpu);
  const learner = learnerFor(settingsOf(cell), { set, seed: cell.seed });
  const task: TrainTask = { ...given, learner, set, phases };
  try {
    const { metrics, snapshots, keep } = await fitEncoder(gpu, task);
    const work = () => leave(gpu, task, snapshots);
    await keepWhenStopped(gpu, { signal: context.signal, work, keep });
    return {
      metrics: {
        ...metrics,
        peakBytes: { value: phases.peakBytes, unit: "bytes" },
        flops: { value: phases.flops, unit: "1" },
      },
      artifacts: snapshots.map(({ artifact }) => artifact),
      phases: phases.phases,
    };
  } finally {
    release(gpu, [...learner.parameters, ...learner.buffers]);
  }
}

/** Leaves what the training came to: weights and pictures. */
async function leave(gpu: Gpu, task: TrainTask, snapshots: readonly Snapshot[]): Promise<void> {
  const { cell, context, learner, phases } = task;
  const weights = await exportWeights(gpu, learner);
  checkFinite(weights);
  const bytes = encodeSafetensors(weights);
  await context.artifact("weights", "weights.safetensors", bytes);
  const network: TrainedNetwork = { weights, sha256: sha256Hex(bytes), snapshots };
  context.outputs.set(cell.name, network);
  await phases.measure("other", 1, () => savePictures(gpu, task));
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
