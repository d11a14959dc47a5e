/** From a cell's configuration to a learner, and from weights to a learner again. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import type { HostTensor } from "../../engine/safetensors.ts";
import { createLearner, type Learner, type ParadigmSettings } from "../../paradigms/mod.ts";
import type { ConstructCell, TrainCell } from "../cell.ts";
import { encoderOf } from "../preset.ts";

/** What a train cell leaves for later cells. */
export interface TrainedNetwork {
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Of the weights file. */
  readonly sha256: string;
}

/** The paradigm of a cell with its settings. */
export function settingsOf({ paradigm, config }: TrainCell): ParadigmSettings {
  return { name: paradigm, config: config.paradigm } as ParadigmSettings;
}

/** The network that sets are extracted with. */
export function extractorOf({ config }: ConstructCell): ParadigmSettings {
  return { name: "sl", config: { encoder: encoderOf(config.model) } };
}

/** A learner for the images and classes of a set. */
export function learnerFor(
  settings: ParadigmSettings,
  { set, seed }: { set: ImageSet; seed: number },
): Learner {
  const { height, width, classNames } = set;
  return createLearner(settings, { height, width, classes: classNames.length, seed });
}

/** A learner with the weights of a trained network. */
export function restoreLearner(
  gpu: Gpu,
  network: TrainedNetwork,
  { settings, set }: { settings: ParadigmSettings; set: ImageSet },
): Learner {
  const learner = learnerFor(settings, { set, seed: 0 });
  loadWeights(gpu, learner, network.weights);
  return learner;
}
