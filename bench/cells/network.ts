/** From a cell's configuration to a learner, and from weights to a learner again. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import type { HostTensor } from "../../engine/files/safetensors.ts";
import { createLearner, type ParadigmChoice, PARADIGMS } from "../../paradigms/registry.ts";
import type { Learner } from "../../paradigms/types.ts";
import type { AttackCell, ConstructCell, ProbeCell, TrainCell } from "../plan/cell.ts";
import type { Artifact } from "../records/mod.ts";
import { encoderOf } from "../config/preset.ts";

/** Weights kept after an epoch. */
export interface Snapshot {
  readonly epoch: number;
  readonly artifact: Artifact;
}

/** What a train cell leaves for later cells. */
export interface TrainedNetwork {
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Of the weights file. */
  readonly sha256: string;
  /** In the order of their epochs. */
  readonly snapshots: readonly Snapshot[];
}

/** The paradigm of a cell with its settings. */
export function settingsOf({ paradigm, config }: TrainCell | ProbeCell | AttackCell): ParadigmChoice {
  return { name: paradigm, config: config.paradigm };
}

/** The network that sets are extracted with. */
export function extractorOf({ config }: ConstructCell): ParadigmChoice {
  return { name: PARADIGMS[0].name, config: { encoder: encoderOf(config.model) } };
}

/** A learner for the images and classes of a set. */
export function learnerFor(
  settings: ParadigmChoice,
  { set, seed }: { set: ImageSet; seed: number },
): Learner {
  const { height, width, classNames } = set;
  return createLearner(settings, { height, width, classes: classNames.length, seed });
}

/** Gives a learner the weights of a trained network. */
export function putWeights(gpu: Gpu, learner: Learner, { weights }: TrainedNetwork): void {
  loadWeights(gpu, learner, weights);
}

/** A learner with the weights of a trained network. */
export function restoreLearner(
  gpu: Gpu,
  network: TrainedNetwork,
  { settings, set }: { settings: ParadigmChoice; set: ImageSet },
): Learner {
  const learner = learnerFor(settings, { set, seed: 0 });
  putWeights(gpu, learner, network);
  return learner;
}
