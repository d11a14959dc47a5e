/** The settings of a training, whatever the paradigm: types, keys and how a paradigm says its own defaults. */
import { type AugmentationConfig, NO_AUGMENTATION } from "../datasets/augment.ts";
import type { Fields } from "../settings/field.ts";

/** Training settings of a network, for all feature sets. */
export interface TrainingConfig {
  readonly epochs: number;
  readonly batchSize: number;
  /** Batches whose gradients are averaged for one update. */
  readonly accumulate: number;
  readonly optimizer: "sgd" | "adam" | "adamw";
  readonly lr: number;
  /** Used by sgd only. */
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Used by adam and adamw only. */
  readonly betas: readonly [number, number];
  readonly weightDecay: number;
  readonly schedule: "cosine" | "constant" | "step";
  /** Epochs after which the rate falls to a tenth, used by step only. */
  readonly milestones: readonly number[];
  readonly warmupEpochs: number;
  readonly clipNorm: number | null;
  readonly augmentation: AugmentationConfig;
}

/** Properties of the data that the defaults of a training depend on. */
export interface TrainingData {
  /** Height and width of the images in pixels. */
  readonly imageSize: number;
  /** Whether a mirrored image keeps its label. */
  readonly mayFlip: boolean;
}

/** Training defaults of a paradigm; absent keys have the defaults of {@linkcode TRAINING}. */
export type TrainingDefaults = Partial<TrainingConfig> & { readonly augmentation: AugmentationConfig };

/** A crop with padding, and flips where they keep the label: the usual augmentation of supervised learning. */
export function cropAndFlip({ imageSize, mayFlip }: TrainingData): AugmentationConfig {
  return { ...NO_AUGMENTATION, cropPadding: Math.round(imageSize / 8), flip: mayFlip };
}

/** Learning rates; in float32 a smaller one changes no weight of usual size, and a larger one leaves none finite. */
export const LEARNING_RATE = { kind: "number", min: 1e-10, max: 1e4, default: 0.1, unit: "1" } as const;

/** Keys of a training, its augmentation aside. Paradigms have defaults of their own: {@linkcode TrainingDefaults}. */
export const TRAINING: Fields<Omit<TrainingConfig, "augmentation">> = {
  epochs: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    default: 12,
    unit: "epochs",
    help: "passes over the feature set",
  },
  batchSize: {
    kind: "integer",
    min: 2,
    default: 64,
    unit: "images",
    help: "images per step; a last, smaller batch is left out",
  },
  accumulate: {
    kind: "integer",
    min: 1,
    default: 1,
    unit: "batches",
    help: "batches whose averaged gradients make one update",
  },
  optimizer: {
    kind: "choice",
    choices: ["sgd", "adam", "adamw"],
    default: "sgd",
    help: "optimiser",
  },
  lr: {
    ...LEARNING_RATE,
    help: "peak learning rate",
  },
  momentum: { kind: "number", min: 0, below: 1, default: 0.9, unit: "1", help: "momentum of sgd" },
  nesterov: { kind: "flag", default: true, help: "Nesterov momentum, of sgd" },
  betas: {
    kind: "numbers",
    length: 2,
    min: 0,
    below: 1,
    default: [0.9, 0.999],
    unit: "1",
    help: "decay rates of the moments, of adam and adamw",
  },
  weightDecay: {
    kind: "number",
    min: 0,
    default: 5e-4,
    unit: "1",
    help: "L2 penalty; decoupled in adamw",
  },
  schedule: {
    kind: "choice",
    choices: ["cosine", "constant", "step"],
    default: "cosine",
    help: "schedule of the learning rate",
  },
  milestones: {
    kind: "integers",
    min: 1,
    mayBeEmpty: true,
    distinct: true,
    default: [],
    unit: "epochs",
    help: "epochs after which the rate falls to a tenth, of step",
  },
  warmupEpochs: { kind: "number", min: 0, default: 0, unit: "epochs", help: "linear warm-up" },
  clipNorm: {
    kind: "number",
    min: 1e-6,
    nullable: true,
    default: null,
    unit: "1",
    help: "largest L2 norm of the gradient; null for no clipping",
  },
};
