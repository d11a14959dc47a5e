/**
 * The keys of a preset that belong to no data set, paradigm, architecture or attack: type, unit, range, default, help.
 * Defaults that depend on other keys are computed in `parse_preset.ts` and said in words here.
 */
import { LEARNING_RATE } from "../../paradigms/training_settings.ts";
import { MAX_STEPS, MIN_MOVE, NORM, STEP_SIZE } from "../../paradigms/attacks/threat_settings.ts";
import { PARADIGMS } from "../../paradigms/registry.ts";
import { amount } from "../../settings/amount.ts";
import type { Field, Fields } from "../../settings/field.ts";
import type { FeatureMatchingConfig, Preset, ProbeConfig, TargetedPgdConfig } from "./preset.ts";

type Sections =
  | "dataset"
  | "model"
  | "training"
  | "paradigms"
  | "adversarialTraining"
  | "featureSets"
  | "probe"
  | "evaluation";

/** How many seeds a run can have. */
export const MAX_SEEDS = 1000;

/** Keys at the top of a preset that hold one value. */
export const TOP: Fields<Omit<Preset, Sections>> = {
  name: { kind: "name", help: "name of the preset" },
  description: { kind: "text", help: "what it is for, in one line" },
  quick: { kind: "flag", default: false, help: "marks records as too few to draw conclusions from" },
  seeds: {
    kind: "integers",
    min: 0,
    distinct: true,
    maxItems: MAX_SEEDS,
    default: [0],
    unit: "1",
    help: "every cell runs once for each seed",
  },
  examples: {
    kind: "integer",
    min: 0,
    max: 64,
    default: 8,
    unit: "images",
    help: "images of each constructed set, and pictures of each paradigm, that the page shows",
  },
};

/** Keys at the top of a preset that hold a section. */
export const SECTIONS: readonly Sections[] = [
  "dataset",
  "model",
  "training",
  "paradigms",
  "adversarialTraining",
  "featureSets",
  "probe",
  "evaluation",
];

const ENCODER: Field<"standard" | "robust"> = {
  kind: "choice",
  choices: ["standard", "robust"],
  default: "standard",
  defaultText: "robust for robust, else standard",
  help: "network that the set is extracted with: the standard one, or the adversarially trained one",
};
const COUNT: Field<number> = {
  kind: "integer",
  min: 1,
  unit: "images",
  defaultText: "dataset.trainSize",
  help: "images to construct",
};
const BATCH: Field<number> = {
  kind: "integer",
  min: 1,
  unit: "images",
  defaultText: "128, or dataset.trainSize if that is less",
  help: "images at a time; changes no image",
};

/** Choice of the method, before its other keys are known. */
export const METHOD: Field<"feature-matching" | "targeted-pgd"> = {
  kind: "choice",
  choices: ["feature-matching", "targeted-pgd"],
  defaultText: "feature-matching for robust and non-robust, targeted-pgd for D_det and D_rand",
  help: "how the set is made",
};

export const FEATURE_MATCHING: Fields<FeatureMatchingConfig> = {
  method: METHOD as Field<"feature-matching">,
  encoder: ENCODER,
  steps: {
    kind: "integer",
    min: 1,
    max: MAX_STEPS,
    default: 100,
    unit: "steps",
    help: "steps of normalised gradient descent",
  },
  stepSize: {
    kind: "amount",
    min: MIN_MOVE,
    default: amount(0.1),
    unit: "pixel units",
    help: "L2 length of a step",
  },
  radius: {
    kind: "amount",
    min: MIN_MOVE,
    nullable: true,
    default: null,
    defaultText: "2 for non-robust, else null",
    unit: "pixel units",
    help: "L2 ball around the start; null for none",
  },
  count: COUNT,
  batchSize: BATCH,
};

export const TARGETED_PGD: Fields<TargetedPgdConfig> = {
  method: METHOD as Field<"targeted-pgd">,
  encoder: ENCODER,
  targets: {
    kind: "choice",
    choices: ["next-class", "random"],
    default: "next-class",
    defaultText: "random for D_rand, else next-class",
    help: "target of each image: label + 1 modulo the classes, or any class at random",
  },
  norm: NORM,
  eps: {
    kind: "amount",
    min: MIN_MOVE,
    unit: "pixel units",
    defaultText: "0.5 in L2, 8/255 in Linf",
    help: "radius of the threat model",
  },
  steps: { kind: "integer", min: 1, max: MAX_STEPS, default: 50, unit: "steps", help: "gradient steps" },
  stepSize: STEP_SIZE,
  count: COUNT,
  batchSize: BATCH,
};

/** Keys of `probe`, its augmentation aside. */
export const PROBE: Fields<Omit<ProbeConfig, "augmentation">> = {
  data: {
    kind: "choice",
    choices: ["same", "natural"],
    default: "same",
    help: "set the probe is trained on: the encoder's own, or the natural one",
  },
  epochs: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    default: 5,
    unit: "epochs",
    help: "passes over the set",
  },
  batchSize: { kind: "integer", min: 2, default: 64, unit: "images", help: "images per step" },
  lr: { ...LEARNING_RATE, help: "peak learning rate of the cosine schedule" },
  momentum: { kind: "number", min: 0, below: 1, default: 0.9, unit: "1", help: "momentum of sgd" },
  weightDecay: { kind: "number", min: 0, default: 0, unit: "1", help: "L2 penalty" },
  untrained: { kind: "flag", default: true, help: "probe the untrained encoder too, for comparison" },
  curvePoints: {
    kind: "integer",
    min: 0,
    default: 4,
    unit: "probes",
    help: "probes in the course of the encoder's training; 0 for none",
  },
  curveImages: {
    kind: "integer",
    min: 10,
    default: 1000,
    unit: "images",
    help: "training and test images of these",
  },
};

/** Paradigms under which encoders are trained on a set. */
export const SET_PARADIGMS: Field<readonly string[]> = {
  kind: "choices",
  choices: PARADIGMS.map(({ name }) => name),
  defaultText: `all that run for robust and non-robust, ${PARADIGMS[0].name} for the others`,
  help: "paradigms trained on the set",
};

/** Keys of `evaluation`, its attacks aside. */
export const EVALUATION: Fields<{ batchSize: number }> = {
  batchSize: {
    kind: "integer",
    min: 1,
    default: 250,
    unit: "images",
    help: "images at a time; changes no result",
  },
};
