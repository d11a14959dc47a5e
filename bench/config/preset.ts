/**
 * What a preset says, as types. Its own keys are in `preset_schema.ts`, those of data sets, paradigms, architectures and
 * attacks in their registries; `parse_preset.ts` reads them.
 */
import type { AugmentationConfig } from "../../datasets/augment.ts";
import type { DatasetConfig } from "../../datasets/registered.ts";
import type { EncoderConfig } from "../../paradigms/architectures/types.ts";
import type { AutoAttackConfig } from "../../paradigms/attacks/auto_attack_settings.ts";
import type { PgdConfig } from "../../paradigms/attacks/pgd_settings.ts";
import type { TrainingConfig } from "../../paradigms/training_settings.ts";
import type { Amount } from "../../settings/amount.ts";

/** Constructed feature sets, in the order in which they are built and shown. */
export const FEATURE_SETS = ["robust", "non-robust", "D_det", "D_rand"] as const;

/** A constructed set; "natural" is not one, it is the data set itself. */
export type ConstructedSetName = typeof FEATURE_SETS[number];

/** Training of the robust encoder: each batch is attacked first. */
export interface AdversarialTrainingConfig extends TrainingConfig {
  readonly attack: PgdConfig;
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
export type FeatureSetConfig = ConstructionConfig & { readonly paradigms: readonly string[] };

/** A paradigm of a preset: its own settings, `encoder` where it takes one, and its training. */
export interface ParadigmConfig extends Readonly<Record<string, unknown>> {
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

/** How classifiers are judged: the settings of each registered attack under its key, null or absent where it does not run. */
export interface EvaluationConfig extends Readonly<Record<string, unknown>> {
  readonly batchSize: number;
  readonly attack: PgdConfig;
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
  /** The default encoder of every paradigm that takes one, and the network that sets are extracted with. */
  readonly model: EncoderConfig;
  /** Of supervised learning. */
  readonly training: TrainingConfig;
  /** The other paradigms by name; null where one does not run. */
  readonly paradigms: Readonly<Record<string, ParadigmConfig | null>>;
  /** null where no robust encoder is trained. */
  readonly adversarialTraining: AdversarialTrainingConfig | null;
  readonly featureSets: Readonly<Partial<Record<ConstructedSetName, FeatureSetConfig>>>;
  /** null where no probe is trained. */
  readonly probe: ProbeConfig | null;
  readonly evaluation: EvaluationConfig;
  /** Images kept per constructed set, for the report. */
  readonly examples: number;
}

/** The settings of a network as cells hold them: what is null has the network's own default. */
export function encoderOf(model: EncoderConfig): EncoderConfig {
  return Object.fromEntries(Object.entries(model).filter(([, value]) => value !== null)) as EncoderConfig;
}
