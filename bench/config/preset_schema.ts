/**
 * The table of every key of a preset: type, range, default, help. Parser, error messages and the reference in the
 * docs come from it. Defaults that depend on other keys (a crop padding on the image size) are set in
 * `parse_preset.ts` and shown here in the help.
 */
import { ATTACKS, VERSIONS } from "../../attacks/autoattack/mod.ts";
import { amount } from "./amount.ts";
import type { Field, Fields } from "./preset_field.ts";
import { PARADIGM_NAMES, type ParadigmName } from "../../paradigms/types.ts";
import type {
  AttackConfig,
  AutoAttackConfig,
  Cifar10Config,
  FeatureMatchingConfig,
  ModelConfig,
  PlantedConfig,
  Preset,
  ProbeConfig,
  TargetedPgdConfig,
  TrainingConfig,
} from "./preset.ts";

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
export const MOST_SEEDS = 1000;

/** Keys at the top of a preset that hold one value. */
export const TOP: Fields<Omit<Preset, Sections>> = {
  name: { kind: "name", help: "name of the preset" },
  description: { kind: "text", help: "what it is for, in one line" },
  quick: { kind: "flag", default: false, help: "marks records as too few to draw conclusions from" },
  seeds: {
    kind: "integers",
    min: 0,
    distinct: true,
    most: MOST_SEEDS,
    default: [0],
    help: "one run of every cell for each seed",
  },
  examples: { kind: "integer", min: 0, max: 64, default: 8, help: "images kept of each constructed set" },
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

export const PLANTED: Fields<PlantedConfig> = {
  name: { kind: "choice", choices: ["planted", "cifar10"], default: "planted", help: "data set" },
  trainSize: { kind: "integer", min: 10, max: 1_000_000, default: 4000, help: "training images" },
  testSize: { kind: "integer", min: 10, max: 1_000_000, default: 1000, help: "test images" },
  size: { kind: "integer", min: 12, max: 128, default: 16, help: "height and width in pixels" },
  gratingAmplitude: {
    kind: "amount",
    min: 0,
    max: 1,
    default: { value: 4 / 255, label: "4/255" },
    help: "Linf amplitude of the non-robust cue",
  },
  gratingReliability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0.7,
    help: "how often the non-robust cue agrees with the label",
  },
  silhouetteReliability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0.95,
    help: "how often the robust cue agrees with the label",
  },
  pixelNoise: {
    kind: "amount",
    min: 0,
    max: 1,
    default: { value: 8 / 255, label: "8/255" },
    help: "standard deviation of the noise on each pixel",
  },
  seed: { kind: "integer", min: 0, default: 0, help: "the images, whatever the seed of a cell" },
};

export const CIFAR10: Fields<Cifar10Config> = {
  name: PLANTED.name as Field<"cifar10">,
  trainSize: { kind: "integer", min: 10, max: 50_000, default: 50_000, help: "first training images" },
  testSize: { kind: "integer", min: 10, max: 10_000, default: 10_000, help: "first test images" },
};

export const MODEL: Fields<ModelConfig> = {
  arch: { kind: "choice", choices: ["resnet8", "resnet18", "resnet50"], default: "resnet8", help: "network" },
  widths: {
    kind: "integers",
    min: 1,
    max: 1024,
    length: 3,
    default: [16, 32, 64],
    help: "channels of the three stages, resnet8 only",
  },
};

/** A smaller rate, or a higher one, changes no weight of usual size in float32, or leaves none finite. */
const LEARNING_RATE = { kind: "number", min: 1e-10, max: 1e4, default: 0.1 } as const;

/** A smaller move of a pixel is lost in float32, where pixels go from 0 to 1. */
const LEAST_MOVE = 1e-7;

/** Repetitions of a step beyond which a setting is a mistake. */
const MOST_STEPS = 1_000_000;

/** Keys of `training` beside its augmentation. */
export const TRAINING: Fields<Omit<TrainingConfig, "augmentation">> = {
  epochs: { kind: "integer", min: 1, max: 1_000_000, default: 12, help: "passes over the feature set" },
  batchSize: {
    kind: "integer",
    min: 2,
    default: 64,
    help: "images a step; a last, smaller batch is left out",
  },
  accumulate: { kind: "integer", min: 1, default: 1, help: "batches whose gradients make one update" },
  optimizer: { kind: "choice", choices: ["sgd", "adam", "adamw"], default: "sgd", help: "optimiser" },
  lr: { ...LEARNING_RATE, help: "learning rate at its highest" },
  momentum: { kind: "number", min: 0, below: 1, default: 0.9, help: "of sgd" },
  nesterov: { kind: "flag", default: true, help: "Nesterov momentum, of sgd" },
  betas: {
    kind: "numbers",
    length: 2,
    min: 0,
    below: 1,
    default: [0.9, 0.999],
    help: "of adam and adamw",
  },
  weightDecay: { kind: "number", min: 0, default: 5e-4, help: "L2 penalty; decoupled in adamw" },
  schedule: {
    kind: "choice",
    choices: ["cosine", "constant", "step"],
    default: "cosine",
    help: "of the learning rate",
  },
  milestones: {
    kind: "integers",
    min: 1,
    mayBeEmpty: true,
    distinct: true,
    default: [],
    help: "epochs after which the rate falls to a tenth, of step",
  },
  warmupEpochs: { kind: "number", min: 0, default: 0, help: "epochs of linear warm-up" },
  clipNorm: {
    kind: "number",
    min: 1e-6,
    nullable: true,
    default: null,
    help: "largest L2 norm of the gradient",
  },
};

/** The step size's default is 2.5 eps / steps, so that the steps can cross the ball. */
export const ATTACK: Fields<AttackConfig> = {
  name: { kind: "choice", choices: ["pgd"], default: "pgd", help: "attack" },
  norm: { kind: "choice", choices: ["Linf", "L2"], default: "L2", help: "norm of the threat model" },
  eps: {
    kind: "amount",
    min: LEAST_MOVE,
    help: "radius in [0, 1] pixel units; default: 0.25 in L2, 4/255 in Linf",
  },
  steps: { kind: "integer", min: 1, max: MOST_STEPS, default: 10, help: "gradient steps" },
  stepSize: { kind: "amount", min: LEAST_MOVE, help: "length of a step; default: 2.5 eps / steps" },
  restarts: {
    kind: "integer",
    min: 1,
    max: MOST_STEPS,
    default: 1,
    help: "independent starts, the worst counts",
  },
  randomStart: { kind: "flag", default: true, help: "start at a random point of the ball" },
};

const ENCODER: Field<"standard" | "robust"> = {
  kind: "choice",
  choices: ["standard", "robust"],
  default: "standard",
  help: "network whose features are used",
};
const COUNT: Field<number> = {
  kind: "integer",
  min: 1,
  help: "images to construct; default: all of trainSize",
};
const BATCH: Field<number> = {
  kind: "integer",
  min: 1,
  help: "images at a time; default: 128; changes no image",
};

/** Choice of the method, before its other keys are known. */
export const METHOD: Field<"feature-matching" | "targeted-pgd"> = {
  kind: "choice",
  choices: ["feature-matching", "targeted-pgd"],
  help: "how the set is made; default: by the name of the set",
};

export const FEATURE_MATCHING: Fields<FeatureMatchingConfig> = {
  method: METHOD as Field<"feature-matching">,
  encoder: ENCODER,
  steps: {
    kind: "integer",
    min: 1,
    max: MOST_STEPS,
    default: 100,
    help: "steps of normalised gradient descent",
  },
  stepSize: { kind: "amount", min: LEAST_MOVE, default: amount(0.1), help: "L2 length of a step" },
  radius: {
    kind: "amount",
    min: LEAST_MOVE,
    nullable: true,
    default: null,
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
    help: "target of each image: label + 1 modulo the classes, or any class at random",
  },
  norm: ATTACK.norm,
  eps: {
    kind: "amount",
    min: LEAST_MOVE,
    help: "radius in [0, 1] pixel units; default: 0.5 in L2, 8/255 in Linf",
  },
  steps: { kind: "integer", min: 1, max: MOST_STEPS, default: 50, help: "gradient steps" },
  stepSize: ATTACK.stepSize,
  count: COUNT,
  batchSize: BATCH,
};

/** Keys of `probe` beside its augmentation. */
export const PROBE: Fields<Omit<ProbeConfig, "augmentation">> = {
  data: {
    kind: "choice",
    choices: ["same", "natural"],
    default: "same",
    help: "set the probe is trained on: the encoder's own, or the natural one",
  },
  epochs: { kind: "integer", min: 1, max: 1_000_000, default: 5, help: "passes over the set" },
  batchSize: { kind: "integer", min: 2, default: 64, help: "images a step" },
  lr: { ...LEARNING_RATE, help: "learning rate at its highest (cosine)" },
  momentum: { kind: "number", min: 0, below: 1, default: 0.9, help: "of sgd" },
  weightDecay: { kind: "number", min: 0, default: 0, help: "L2 penalty" },
  untrained: { kind: "flag", default: true, help: "probe the untrained encoder too, for comparison" },
  curvePoints: { kind: "integer", min: 0, default: 4, help: "probes in the course of training" },
  curveImages: { kind: "integer", min: 10, default: 1000, help: "training and test images of these" },
};

/** Paradigms under which encoders are trained on a set. */
export const SET_PARADIGMS: Field<readonly ParadigmName[]> = {
  kind: "choices",
  choices: PARADIGM_NAMES,
  help: "paradigms trained on the set; default: all that run for robust and non-robust, sl for the others",
};

/** Attacks, iterations and queries are those of the version; with `custom` they may be chosen. */
export const AUTO_ATTACK: Fields<AutoAttackConfig> = {
  version: {
    kind: "choice",
    choices: [...VERSIONS, "custom"],
    default: "standard",
    help: "protocol; custom for attacks, iterations or queries of one's own",
  },
  images: { kind: "integer", min: 1, help: "first test images; default: 64, or all if there are fewer" },
  attacks: {
    kind: "choices",
    choices: ATTACKS,
    help:
      "in this order, each on what those before it left; default: those of the version, of standard in custom",
  },
  iterations: { kind: "integer", min: 1, default: 100, help: "of APGD and FAB" },
  queries: { kind: "integer", min: 1, default: 5000, help: "of Square" },
};

/** Keys of `evaluation` beside its attacks. */
export const EVALUATION: Fields<{ batchSize: number }> = {
  batchSize: { kind: "integer", min: 1, default: 250, help: "images at a time; changes no result" },
};
