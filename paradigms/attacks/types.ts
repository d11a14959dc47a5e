/** The type of attacks that measure robustness: settings in a preset, and the evaluation. */
import type { LogitsFn } from "../../attacks/threat_model/logits_fn.ts";
import type { ImageSet } from "../../datasets/types.ts";
import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import type { Gpu } from "../../engine/device/device.ts";
import type { Fields } from "../../settings/field.ts";
import type { SectionReader } from "../../settings/section_reader.ts";

/** Properties of the data that the reader of an attack's settings needs. */
export interface AttackData {
  readonly testSize: number;
  readonly classes: number;
  /** Height and width of the images in pixels. */
  readonly imageSize: number;
}

/** The size of a calibration run of an attack. */
export interface ProfileExtent {
  readonly steps: number;
  readonly batchSize: number;
}

/** The settings of an attack, in a file of their own, `<method>_settings.ts`: no hash of code covers it. */
export interface AttackSettings<Config> {
  /** Its name in outcomes and checkpoints: "pgd". */
  readonly name: string;
  /** Its key under `evaluation` in a preset. */
  readonly key: string;
  /** Its name for readers: "PGD". */
  readonly label: string;
  readonly help: string;
  readonly fields: Fields<Config>;
  /** Whether it runs in every preset, unless its key is null, or only if its key is given. */
  readonly runs: "always" | "unless null" | "if named";
  /**
   * Reads its section, each default filled in. Default: the keys are those of `fields`, and so are their defaults.
   *
   * @throws {Error} If a key is unknown or out of range.
   */
  read?(section: SectionReader, data: AttackData): Config;
  /** How many steps it is expected to take, summed over images; a step is one pass forward and back. */
  plannedSteps(config: Config, data: Pick<AttackData, "testSize" | "classes">): number;
  /**
   * The settings of the two runs of a profile: the first makes shaders and shows the memory, the second is timed. Null
   * leaves the attack out. Default: the first with its own settings, the second without it.
   */
  profile?(
    config: Config,
    extent: ProfileExtent,
  ): { readonly first: Config | null; readonly timed: Config | null };
}

/** A measured quantity, as records hold it. */
export interface AttackMetric {
  readonly value: number;
  /** "fraction", "pixels", "s". */
  readonly unit: string;
  readonly samples?: readonly number[];
}

/** The results of an attack. */
export interface AttackFindings {
  /** 1 where an image is classified correctly, in the order of the set from its first image on, by name. */
  readonly outcomes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** The page shows `<key>Accuracy`, the share of images that stay correct, in a column of its own. */
  readonly metrics: Readonly<Record<string, AttackMetric>>;
  readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[];
  /** Sentences on what makes the outcome doubtful. */
  readonly warnings: readonly string[];
  /** With it, a later process need not run the attack again. Default: it runs again. */
  readonly done?: Checkpoint;
}

/** The inputs of an attack. */
export interface AttackTask {
  /** Scores of the classifier in eval mode. */
  readonly logits: LogitsFn;
  /** The test set. */
  readonly set: ImageSet;
  /** Images at a time; changes no result. */
  readonly batchSize: number;
  /** Of all random draws. */
  readonly seed: number;
  /** The threat model of the evaluation, in [0, 1] pixel units. */
  readonly threat: { readonly norm: "Linf" | "L2"; readonly eps: number };
  /** Outcomes of the attacks before it, and of clean images under "clean". */
  readonly earlier: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly state: AttackState;
  /** Seconds between two savings of the state. */
  readonly saveSeconds: number;
  /** Aborted: stop after the current step. */
  readonly signal: AbortSignal;
  onProgress(progress: { readonly label: string; readonly done: number; readonly total: number }): void;
  /** Runs the attack, and notes its time and its steps, summed over images. */
  measure<T>(steps: number | ((result: T) => number), run: () => Promise<T>): Promise<T>;
}

/** Storage of an attack's unfinished results. */
export interface AttackState {
  /** The checkpoint of an earlier process, once; null if there is no checkpoint. */
  load(): Promise<Checkpoint | null>;
  /**
   * Keeps it, if it is time to.
   *
   * @param steps Taken in this process, summed over images. Default: 0.
   */
  save(checkpoint: () => Checkpoint, options?: { readonly steps?: number }): Promise<void>;
}

/** Evaluates a classifier by an attack. */
export type AttackMethod<Config> = (gpu: Gpu, config: Config, task: AttackTask) => Promise<AttackFindings>;

/** An attack that presets may name. */
export interface RegisteredAttack extends AttackSettings<unknown> {
  readonly evaluate: AttackMethod<unknown>;
}

/** Settings and method together; types no longer tell the settings apart: they have passed the `fields`. */
export function registerAttack<Config>(
  settings: AttackSettings<Config>,
  evaluate: AttackMethod<Config>,
): RegisteredAttack {
  return { ...settings, evaluate } as unknown as RegisteredAttack;
}
