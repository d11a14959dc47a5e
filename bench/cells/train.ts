/** A train cell: train an encoder on a feature set, then measure it on the natural test set. */

import { autoAttack } from "../../attacks/autoattack/mod.ts";
import type { Dataset, ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/safetensors.ts";
import { release } from "../../engine/variables.ts";
import { type Learner, NonFiniteLossError } from "../../paradigms/mod.ts";
import type { CellContext, CellOutcome, TrainCell } from "../cell.ts";
import { PhaseLog } from "../phases.ts";
import { sha256Hex } from "../sha256.ts";
import { fitEncoder } from "./fit.ts";
import { measure } from "./measure.ts";
import { learnerFor, settingsOf, type TrainedNetwork } from "./network.ts";
import { savePictures } from "./pictures.ts";
import { probeOf, untrainedAccuracy } from "./probe.ts";

/** What a cell works with. */
export interface CellTask<Cell> {
  readonly cell: Cell;
  readonly context: CellContext;
  readonly dataset: Dataset;
}

/** What the parts of a train cell work with. */
export interface TrainTask extends CellTask<TrainCell> {
  readonly learner: Learner;
  /** The set the encoder is trained on. */
  readonly set: ImageSet;
  readonly phases: PhaseLog;
}

/** Trains, then measures probe, clean and robust accuracy and cues, and shows what the paradigm does. */
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
    const untrained = await untrainedAccuracy(gpu, task);
    const trained = await fitEncoder(gpu, task);
    const weights = await exportWeights(gpu, learner);
    checkFinite(weights);
    const bytes = encodeSafetensors(weights);
    await context.artifact("weights", "weights.safetensors", bytes);
    const network: TrainedNetwork = { weights, sha256: await sha256Hex(bytes) };
    context.outputs.set(cell.name, network);
    const probe = await probeOf(gpu, { ...task, before: network.sha256 });
    const measured = await measure(gpu, {
      ...task,
      logits: learner.logits ?? probe.logits,
      autoAttack,
    });
    probe.dispose();
    await phases.measure("other", 1, () => savePictures(gpu, task));
    return {
      metrics: {
        ...untrained,
        ...trained,
        ...probe.metrics,
        ...measured.metrics,
        peakBytes: { value: phases.peakBytes, unit: "bytes" },
        flops: { value: phases.flops, unit: "1" },
      },
      checks: [...measured.checks, ...probe.checks],
      phases: phases.phases,
    };
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
