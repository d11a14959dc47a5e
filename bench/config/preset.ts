/**
 * What a preset says, as types. The table of defaults and ranges is `preset_schema.ts`; reading is `parse_preset.ts`.
 */
import type { AttackName, Version } from "../../attacks/autoattack/mod.ts";
import type { AugmentationConfig } from "../../datasets/augment.ts";
import type { DdpmConfig } from "../../paradigms/ddpm.ts";
import type { MaeConfig } from "../../paradigms/mae.ts";
import type { SimclrConfig } from "../../paradigms/simclr.ts";
import type { ParadigmName } from "../../paradigms/types.ts";
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

/** How a set is constructed. */
export type ConstructionConfig = FeatureMatchingConfig | TargetedPgdConfig;

/** A constructed set, and the paradigms under which encoders are trained on it. */
export type FeatureSetConfig = ConstructionConfig & { readonly paradigms: readonly ParadigmName[] };

/** The paradigms beside supervised learning, each with its own training; null where it does not run. */
export interface ParadigmsConfig {
  readonly cl: Omit<SimclrConfig, "encoder"> & Trained | null;
  readonly mim: MaeConfig & Trained | null;
  readonly dm: DdpmConfig & Trained | null;
}

interface Trained {
  readonly training: TrainingConfig;
}

/** A linear head trained on a frozen encoder in eval mode, by SGD with a cosine schedule. */
export interface ProbeConfig {
  /** The set the probe is trained on: the encoder's own, or the natural one. */
  readonly data: "same" | "natural";
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Of its training images. */
  readonly augmentation: AugmentationConfig;
  /** Whether to probe the untrained encoder too, on the natural set. */
  readonly untrained: boolean;
  /** How often a probe looks at the encoder while it is trained; 0 for never. */
  readonly curvePoints: number;
  /** Training images, and at most as many test images, of these looks. */
  readonly curveImages: number;
}

/** AutoAttack on the first test images, under the threat model of `evaluation.attack`. */
export interface AutoAttackConfig {
  /** "custom" where attacks, iterations or queries are others than those of any version. */
  readonly version: Version | "custom";
  /** How many test images, from the first on. */
  readonly images: number;
  readonly attacks: readonly AttackName[];
  /** Of APGD and FAB. */
  readonly iterations: number;
  /** Of Square. */
  readonly queries: number;
}

export interface EvaluationConfig {
  readonly batchSize: number;
  readonly attack: AttackConfig;
  /** null where robustness is measured by `attack` alone. */
  readonly autoAttack: AutoAttackConfig | null;
}

/** A whole preset, complete after defaults. */
export interface Preset {
  readonly name: string;
  readonly description: string;
  /** Marks records with the status "quick". */
  readonly quick: boolean;
  readonly seeds: readonly number[];
  readonly dataset: DatasetConfig;
  /** The encoder of supervised and contrastive learning, and the network that sets are extracted with. */
  readonly model: ModelConfig;
  /** Of supervised learning. */
  readonly training: TrainingConfig;
  readonly paradigms: ParadigmsConfig;
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

/** The settings of a residual network as the engine takes them. */
export function encoderOf(
  { arch, widths }: ModelConfig,
): { arch: ModelConfig["arch"]; widths?: readonly number[] } {
  return widths === null ? { arch } : { arch, widths };
}
