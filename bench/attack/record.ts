/**
 * What `bench attack` leaves on disk beside the outcomes of each image: one JSON file. Reports read these types through
 * `bench/schema.ts`; this file imports nothing else of ours.
 */

import type { Artifact, CellRecord, MachineInfo } from "../schema.ts";

/** What `schema` says in such a file. */
export const ATTACK_SCHEMA = "realfeatures/attack";

/** Raised whenever a field changes its meaning or goes away. */
export const ATTACK_VERSION = 1;

/** All that decides the bits: an evaluation is resumed only where all of it is the same. */
export interface AttackConfiguration {
  readonly weights: {
    /** Of the file. */
    readonly sha256: string;
    readonly arch: string;
    readonly widths: readonly number[];
    readonly inputChannels: number;
    readonly classes: number;
    /** The network gets (pixel - mean) / std per channel; null for pixels as they are. */
    readonly mean: readonly number[] | null;
    readonly std: readonly number[] | null;
  };
  /** Of the n images that are attacked. */
  readonly data: { readonly name: string; readonly sha256: string; readonly n: number };
  readonly norm: "Linf" | "L2";
  readonly eps: number;
  readonly version: string;
  /** Null for those of the version. */
  readonly attacks: readonly string[] | null;
  readonly iterations: number;
  readonly queries: number;
  readonly seed: number;
  /** Images attacked at once; changes no result, but a stopped attack consists of as many. */
  readonly batchSize: number;
  /** Whether the evaluation is made once more at the reference code's radius. */
  readonly referenceRadius: boolean;
  /** Whether the attacks keep the constants of the official code. */
  readonly officialConstants: boolean;
  /** Hash of the code and kernels. */
  readonly benchmarkVersion: string;
  /** Description, backend and class of drivers: of earlier versions the first alone. */
  readonly adapter: string;
  readonly kernelVariant: string;
}

/** What was checked of the images that were returned as fooling; of none, perturbation 0 and pixels from 1 to 0. */
export interface SafetyRecord {
  /** Largest distance from the clean image, in the norm asked. */
  readonly largestPerturbation: number;
  readonly lowestPixel: number;
  readonly highestPixel: number;
  /** Numbers that are not finite. */
  readonly notFinite: number;
}

/** One attack of a cascade. */
export interface AttackStage {
  readonly name: string;
  /** The radius it ran at. */
  readonly eps: number;
  /** Images that all attacks before it had left correct. */
  readonly attacked: number;
  /** Share of all images still correct after it and all before it. */
  readonly robustAccuracy: number;
  readonly safety: SafetyRecord;
  readonly seconds: number;
}

/** One evaluation with all its attacks. */
export interface EvaluationRecord {
  /** In words, with the radius of each attack. */
  readonly description: string;
  readonly eps: number;
  /** The radius of the APGD attacks; differs from `eps` in the evaluation at the reference code's radius alone. */
  readonly apgdEps: number;
  readonly cleanAccuracy: number;
  /** Share of images correct when clean and under every attack. */
  readonly robustAccuracy: number;
  /** Wilson's 95 % interval, over the sampling of images alone. */
  readonly robustInterval: readonly [low: number, high: number];
  readonly attacks: readonly AttackStage[];
  readonly safety: SafetyRecord;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** Over all resumptions. */
  readonly seconds: number;
}

/** The whole file. */
export interface AttackRecord {
  readonly schema: typeof ATTACK_SCHEMA;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** When a stopped evaluation went on. */
  readonly resumedAt: readonly string[];
  readonly command: string;
  readonly machine: MachineInfo;
  readonly runtime: CellRecord["runtime"];
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /** Ways of computing that were chosen where an operation offers several; they do not change the bits. */
  readonly kernelChoices: Readonly<Record<string, string>>;
  readonly configuration: AttackConfiguration;
  readonly configHash: string;
  /** How the radius was written: "8/255". */
  readonly epsLabel: string;
  /** Name of the weights' file, without its folder. */
  readonly weightsFile: string;
  /** sha256 of the data set's files, where it was read from files. */
  readonly dataFiles: Readonly<Record<string, string>>;
  /** At the radius that was asked for: the result. */
  readonly asked: EvaluationRecord;
  /**
   * With APGD at the radius that the paper's reference code really used: no robust accuracy at `eps`, only for comparison
   * with that code. Null where it was not asked for.
   */
  readonly referenceRadius: EvaluationRecord | null;
  readonly checks: CellRecord["checks"];
  /** The most device memory held at once, in bytes; of the last piece of a resumed evaluation. */
  readonly peakBytes: number;
  readonly artifacts: readonly Artifact[];
}
