/** From a cell's configuration to a learner, and from weights to a learner again. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import type { HostTensor } from "../../engine/safetensors.ts";
import { supervised } from "../../paradigms/supervised.ts";
import type { Learner } from "../../paradigms/types.ts";
import type { ModelConfig } from "../preset.ts";

/** What a train cell leaves for later cells. */
export interface TrainedNetwork {
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Of the weights file. */
  readonly sha256: string;
}

/** A learner of the configured architecture for the classes of a set. */
export function createLearner(
  { model, set, seed }: { model: ModelConfig; set: ImageSet; seed: number },
): Learner {
  const widths = model.widths === null ? {} : { widths: model.widths };
  return supervised.create({ arch: model.arch, classes: set.classNames.length, ...widths }, { seed });
}

/** A learner with the weights of a trained network. */
export function restoreLearner(
  gpu: Gpu,
  network: TrainedNetwork,
  options: { model: ModelConfig; set: ImageSet },
): Learner {
  const learner = createLearner({ ...options, seed: 0 });
  loadWeights(gpu, learner, network.weights);
  return learner;
}
