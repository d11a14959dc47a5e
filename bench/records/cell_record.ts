/** What a cell leaves in `records/`, as types. `read_cell_record.ts` reads and checks it. */

import type { MachineInfo, RuntimeInfo } from "./envelope.ts";

export type { MachineInfo, RuntimeInfo };

/** Raised whenever a field changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

/** Name of a paradigm under which an encoder is trained, "sl". */
export type ParadigmName = string;

/** What a cell does: train an encoder, probe it, attack it, construct a feature set, or measure speed. */
export type CellKind = "train" | "probe" | "attack" | "construct" | "perf";

/** `quick` marks a run whose repetitions are too few to draw conclusions from. */
export type RecordStatus = "ok" | "failed" | "skipped" | "quick";

/** One measured quantity. Accuracy is a fraction in [0, 1]; `samples` are the raw values behind `value`. */
export interface Metric {
  readonly value: number;
  /** "fraction", "ms", "images/s", "bytes", "epochs", "pixels" (a distance in [0, 1] pixel units), "1". */
  readonly unit: string;
  readonly samples?: readonly number[];
}

/** Time of one kind of work. */
export interface Timing {
  /** "train" (units: images trained on), "probe" and "clean" (images), "attack" and "construct" (images times steps), "other". */
  readonly name: string;
  readonly units: number;
  readonly durationMs: number;
  /** Of each piece: of an epoch, of a look of the probe, of an attack; in their order. */
  readonly samples: readonly number[];
}

/** A file the cell left, by its path relative to the run folder. */
export interface Artifact {
  /** "weights", "feature-set", "manifest", "examples" (ExampleImages), "pictures" (PictureSheets), "outcomes" (1 where an
   * image was classified correctly: `clean`, `pgd` of all test images; `autoattack/<attack>`, `autoattack` of the first). */
  readonly kind: string;
  readonly path: string;
  readonly sha256: string;
}

/** What reports read of `config.evaluation.attack` in a `train` cell; more fields may stand beside these. */
export interface AttackConfig extends ThreatModelConfig {
  /** "pgd". */
  readonly name: string;
  readonly steps: number;
  readonly stepSize: number;
  readonly restarts: number;
}

/**
 * What reports read of `config.evaluation.autoAttack` in a `train` cell, null where it was not run. Its threat model is
 * that of `config.evaluation.attack`.
 */
export interface AutoAttackConfig {
  /** "standard", "plus", "rand"; "custom" where any setting is another than theirs. */
  readonly version: string;
  /** How many test images, from the first on. */
  readonly images: number;
  /** "apgd-ce", in the order in which they ran. */
  readonly attacks: readonly string[];
  readonly iterations: number;
  readonly queries: number;
}

/** A norm-bounded threat model in [0, 1] pixel units. */
export interface ThreatModelConfig {
  readonly norm: "Linf" | "L2";
  readonly eps: number;
  /** How a person wrote it, for display: "8/255". */
  readonly epsLabel: string;
}

/** One cell's result. Written to a temporary name, renamed, never edited. */
export interface CellRecord {
  readonly schemaVersion: number;
  readonly runId: string;
  /**
   * Id of the run that computed it, where this run took it over from another's folder: commit, machine, runtime, jobs and
   * times are of there. Absent where this run computed it.
   */
  readonly reusedFrom?: string;
  /** The preset that asked for the cell. */
  readonly suite: string;
  /** The cell's name within the run, e.g. "sl/non-robust/seed-0". */
  readonly benchmark: string;
  readonly kind: CellKind;
  /** Hash of the code and kernels that computed it: of the modules that its kind of cell imports. */
  readonly benchmarkVersion: string;
  /**
   * What was computed, in one hash: of configuration, seed, data, device, code, and the keys of the inputs. Records of one
   * key hold the same numbers. Absent from records of earlier versions.
   */
  readonly key?: string;
  /** Keys of the cells whose results it used, by their names. Absent from records of earlier versions. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /**
   * Complete, after defaults. `train` cells: `evaluation.attack`, an AttackConfig; `evaluation.autoAttack`,
   * an AutoAttackConfig or null, absent from records of earlier versions; `paradigm`, an object of the
   * paradigm's settings; `probe.data`, "same" or "natural"; `dataset.testSize`. `construct` cells: `method`.
   */
  readonly config: Readonly<Record<string, unknown>>;
  readonly configHash: string;
  readonly seed: number;
  /** For `train` cells: how the encoder was trained ("sl"); for others null. */
  readonly paradigm: ParadigmName | null;
  /** The feature set trained on or constructed: "natural", "robust", "non-robust", "D_det", "D_rand". */
  readonly featureSet: string | null;
  /** For `train` cells: on the images as they are, or adversarially (the robust encoder); for others null. */
  readonly training: "standard" | "adversarial" | null;
  readonly dataset: { readonly name: string; readonly sha256: string };
  readonly machine: MachineInfo;
  readonly runtime: RuntimeInfo;
  /** Which kernel family computed it: "buffer", "texture"; it changes the bits. */
  readonly kernelVariant: string;
  /**
   * Ways of computing that were chosen where an operation offers several, by operation, shapes and settings. They do
   * not change the bits. Absent from records of earlier versions.
   */
  readonly kernelChoices?: Readonly<Record<string, string>>;
  /**
   * How many cells the run may have worked on at the same time, on the same device and processor: times are comparable
   * where this is the same. Absent from records of earlier versions, which ran one at a time.
   */
  readonly jobs?: number;
  /** ISO 8601, UTC. Of a cell that went on from a checkpoint: when it went on. */
  readonly startedAt: string;
  /** Time the cell took; where it went on from a checkpoint, with the time up to that. */
  readonly durationMs: number;
  readonly status: RecordStatus;
  /** Why a cell failed or was skipped. */
  readonly reason: string | null;
  /**
   * Names used by `train` cells: `probeAccuracy` (linear probe on the frozen encoder: the usefulness under every
   * paradigm), `untrainedProbeAccuracy` (the same on the untrained encoder; natural cells), `cleanAccuracy` and
   * `robustAccuracy` (of the cell's classifier: under SL its own, otherwise encoder and probe; robust under
   * `config.evaluation.attack`, PGD, on all test images), `largestPerturbation` (PGD's), `chance`, `trainLoss`, `trainAccuracy`, `imagesPerSecond`,
   * `peakBytes`, `flops`; `probeCurve` (samples: accuracy of a probe on a subset during training) with
   * `probeCurveEpochs` (samples: after which epochs, as many); on planted data also `robustCueAccuracy` and
   * `nonRobustCueAccuracy`. Where AutoAttack was run, all on the first `config.evaluation.autoAttack.images` test images:
   * `autoAttackAccuracy` (correct when clean and under every attack; samples: after each attack and all before it),
   * `attackedCleanAccuracy` (correct when clean) and `pgdAccuracy` (correct when clean and under PGD) on the same images,
   * `autoAttackLargestPerturbation`, `autoAttackSeconds` (samples: of each attack).
   * By `construct` cells: `meanL2`, `maxL2`, `meanLinf`, `maxLinf`, `matchedFraction` or `targetReachedFraction`.
   */
  readonly metrics: Readonly<Record<string, Metric>>;
  /**
   * What the time went into, by kind of work; a cell that went on from a checkpoint counts work once. Absent from records of
   * earlier versions.
   */
  readonly timings?: readonly Timing[];
  readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[];
  readonly warnings: readonly string[];
  readonly artifacts: readonly Artifact[];
}
