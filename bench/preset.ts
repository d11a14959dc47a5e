/**
 * What a preset says, as types. The table of defaults and ranges is `preset_schema.ts`; reading is `parse_preset.ts`.
 */
import type { Amount } from "./amount.ts";

/** Constructed feature sets, in the order in which they are built and shown. */
export const FEATURE_SETS = ["robust", "non-robust", "D_det", "D_rand"] as const;

/** A constructed set; "natural" is not one, it is the data set itself. */
export type ConstructedSetName = typeof FEATURE_SETS[number];

/** The generated calibration data set. */
export interface PlantedConfig {
  readonly name: "planted";
  readonly trainSize: number;
  readonly testSize: number;
  /** Height and width in pixels. */
  readonly size: number;
  readonly gratingAmplitude: Amount;
  readonly gratingReliability: number;
  readonly silhouetteReliability: number;
  readonly pixelNoise: Amount;
  readonly seed: number;
}

/** The first `trainSize` and `testSize` images of CIFAR-10. */
export interface Cifar10Config {
  readonly name: "cifar10";
  readonly trainSize: number;
  readonly testSize: number;
}

export type DatasetConfig = PlantedConfig | Cifar10Config;

/** `widths` is null except for resnet8. */
export type ModelConfig =
  | { readonly arch: "resnet8"; readonly widths: readonly [number, number, number] }
  | { readonly arch: "resnet18" | "resnet50"; readonly widths: null };

/** Projected gradient descent within a threat model, in [0, 1] pixel units. */
export interface AttackConfig {
  readonly name: "pgd";
  readonly norm: "Linf" | "L2";
  readonly eps: Amount;
  readonly steps: number;
  readonly stepSize: Amount;
  readonly restarts: number;
  readonly randomStart: boolean;
}

/** How a network is trained, whatever the feature set. */
export interface TrainingConfig {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: "sgd" | "adam" | "adamw";
  readonly lr: number;
  /** Used by sgd only. */
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly schedule: "cosine" | "constant";
  readonly warmupEpochs: number;
  readonly clipNorm: number | null;
  readonly cropPadding: number;
  readonly flip: boolean;
}

/** Training of the robust encoder: each batch is attacked first. */
export interface AdversarialTrainingConfig extends TrainingConfig {
  readonly attack: AttackConfig;
}

/** Start from another image, match the features of an encoder. */
export interface FeatureMatchingConfig {
  readonly method: "feature-matching";
  readonly encoder: "standard" | "robust";
  readonly steps: number;
  readonly stepSize: Amount;
  /** L2 ball around the starting image; null for none. */
  readonly radius: Amount | null;
  readonly count: number;
  readonly batchSize: number;
}

/** Targeted PGD, relabelled with the target. */
export interface TargetedPgdConfig {
  readonly method: "targeted-pgd";
  readonly encoder: "standard" | "robust";
  readonly targets: "next-class" | "random";
  readonly norm: "Linf" | "L2";
  readonly eps: Amount;
  readonly steps: number;
  readonly stepSize: Amount;
  readonly count: number;
  readonly batchSize: number;
}

export type FeatureSetConfig = FeatureMatchingConfig | TargetedPgdConfig;

/** A linear head trained on a frozen encoder in eval mode, by SGD with a cosine schedule. */
export interface ProbeConfig {
  /** The set the probe is trained on: the encoder's own, or the natural one. */
  readonly data: "same" | "natural";
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

export interface EvaluationConfig {
  readonly batchSize: number;
  readonly attack: AttackConfig;
}

/** A whole preset, complete after defaults. */
export interface Preset {
  readonly name: string;
  readonly description: string;
  /** Marks records with the status "quick". */
  readonly quick: boolean;
  readonly seeds: readonly number[];
  readonly dataset: DatasetConfig;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  /** null where no robust encoder is trained. */
  readonly adversarialTraining: AdversarialTrainingConfig | null;
  readonly featureSets: Readonly<Partial<Record<ConstructedSetName, FeatureSetConfig>>>;
  /** null where no probe is trained. */
  readonly probe: ProbeConfig | null;
  readonly evaluation: EvaluationConfig;
  /** Images kept per constructed set, for the report. */
  readonly examples: number;
}

/** Height and width of a data set's images in pixels. */
export function imageSize(dataset: DatasetConfig): number {
  return dataset.name === "planted" ? dataset.size : 32;
}
