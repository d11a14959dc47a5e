/** A cell is one unit of work: train an encoder, probe it, attack it, or construct a feature set. */
import type { DatasetConfig } from "../../datasets/registered.ts";
import type { EncoderConfig } from "../../paradigms/architectures/types.ts";
import type { PgdConfig } from "../../paradigms/attacks/pgd_settings.ts";
import type { ParadigmChoice } from "../../paradigms/registry.ts";
import type { TrainingConfig } from "../../paradigms/training_settings.ts";
import type { CellCheckpoint } from "../store/checkpoint_file.ts";
import type { Backend } from "../../engine/device/backend.ts";
import type { Variants } from "../adapter/variants_option.ts";
import type { Profile } from "./estimate.ts";
import type { Phase } from "../record/phases.ts";
import type { Artifact, CellRecord, MachineInfo, Metric, RecordStatus } from "../records/mod.ts";
import type {
  ConstructedSetName,
  ConstructionConfig,
  EvaluationConfig,
  Preset,
  ProbeConfig,
} from "../config/preset.ts";

interface CellBase {
  /** Unique within the run, e.g. "sl/non-robust/seed-0". */
  readonly name: string;
  readonly seed: number;
  /** Names of the cells whose outputs it needs; they stand earlier in the plan. */
  readonly inputs: readonly string[];
}

interface NetworkCell extends CellBase {
  readonly paradigm: string;
  /** The set the network is trained on. */
  readonly featureSet: "natural" | ConstructedSetName;
  readonly training: "standard" | "adversarial";
}

/** Trains a network on a feature set. Its one input, if any, is the cell that constructs the set. */
export interface TrainCell extends NetworkCell {
  readonly kind: "train";
  readonly config: {
    readonly dataset: DatasetConfig;
    /** The paradigm's own settings, its encoder among them; with its name for readers, which is no part of a cell's key. */
    readonly paradigm: ParadigmChoice["config"];
    readonly paradigmLabel: string;
    readonly training: TrainingConfig;
    /** The attack on each training batch (adversarial training); null for standard training. */
    readonly adversary: PgdConfig | null;
    /** Epochs after which weights are kept for a probe, besides the last. */
    readonly snapshots: readonly number[];
    /** Pictures kept for the report. */
    readonly examples: number;
  };
}

/**
 * Trains a probe on the network of its first input and judges it on the natural test set. Its second input, if any, is
 * the cell that constructs the set that the probe is trained on.
 */
export interface ProbeCell extends NetworkCell {
  readonly kind: "probe";
  readonly config: {
    readonly dataset: DatasetConfig;
    readonly paradigm: ParadigmChoice["config"];
    readonly paradigmLabel: string;
    /** `untrained`: whether the network before its training is probed too. */
    readonly probe: Omit<ProbeConfig, "curvePoints">;
    /** Epochs of the training that the curve has a point after, 0 and the last among them; none for no curve. */
    readonly curve: readonly number[];
    /** Images at a time; changes no result. */
    readonly batchSize: number;
  };
}

/**
 * Attacks the network of its first input on the natural test set, and measures what it answers to clean images and to
 * single cues. Its second input, if any, is the cell of the probe that is the classifier then.
 */
export interface AttackCell extends NetworkCell {
  readonly kind: "attack";
  readonly config: {
    readonly dataset: DatasetConfig;
    readonly paradigm: ParadigmChoice["config"];
    readonly paradigmLabel: string;
    readonly evaluation: EvaluationConfig;
  };
}

/** Constructs a feature set with the encoder of its one input. */
export interface ConstructCell extends CellBase {
  readonly kind: "construct";
  readonly paradigm: null;
  readonly featureSet: ConstructedSetName;
  readonly config: {
    readonly dataset: DatasetConfig;
    readonly model: EncoderConfig;
    readonly construction: ConstructionConfig;
    readonly examples: number;
  };
}

/** Plain data: what a cell does, complete after defaults. */
export type CellDescription = TrainCell | ConstructCell | ProbeCell | AttackCell;

/** What a cell tells while it works. */
export interface CellProgress {
  /** The stage: "train", "attack", "match". */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "images";
  readonly loss?: number;
  readonly accuracy?: number;
}

/** What a running cell may use. */
export interface CellContext {
  /** The run folder. Write through {@linkcode CellContext.artifact}. */
  readonly runDir: string;
  /** Aborted on Ctrl-C: stop after the current step, by `signal.throwIfAborted()`. */
  readonly signal: AbortSignal;
  /** In-memory results by cell name; a cell adds its own. Entries that no later cell needs are dropped. */
  readonly outputs: Map<string, unknown>;
  progress(update: CellProgress): void;
  /**
   * Writes a file atomically into `artifacts/<cell name>/` of the run folder.
   *
   * @param kind As in {@linkcode Artifact}: "weights", "snapshot", "probe", "feature-set", "manifest", "examples", "outcomes".
   * @returns The artifact; it is added to the record by the runner unless the outcome lists it too.
   * @throws {RangeError} If the name is outside the alphabet of names.
   */
  artifact(kind: string, name: string, bytes: Uint8Array): Promise<Artifact>;
  /** Where the cell keeps its state while it runs. */
  readonly checkpoint: CellCheckpoint;
  /** Adds a warning to the record and shows it once. */
  warn(text: string): void;
}

/** What a cell found. A failure is a thrown error, never an outcome. */
export interface CellOutcome {
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly checks?: CellRecord["checks"];
  readonly warnings?: readonly string[];
  readonly artifacts?: readonly Artifact[];
  /** What the time went into. */
  readonly phases?: readonly Phase[];
  /** The ways of computing that were chosen, by operation, shapes and settings. */
  readonly variants?: CellRecord["variants"];
  /** Default: "quick" under a quick preset, else "ok". */
  readonly status?: RecordStatus;
}

/** Everything the cells of a run share (device, data), opened once before the first cell. */
export interface Workbench {
  readonly dataset: CellRecord["dataset"];
  readonly adapter: MachineInfo["adapter"];
  /** What the system says of the adapter's driver; null where it says nothing. */
  readonly driver: string | null;
  readonly readPath: string;
  /** @throws {Error} If the cell fails, e.g. on a non-finite loss. */
  executeCell(cell: CellDescription, context: CellContext): Promise<CellOutcome>;
  /**
   * What a finished cell put into the outputs, loaded from the artifacts that its record names.
   *
   * @throws {Error} If a file is absent, or is not the one that the record names: the cell then runs again.
   */
  restoreOutput(cell: CellDescription, record: CellRecord, options: { runDir: string }): Promise<unknown>;
  /** Runs a cell on a few images, leaving nothing, to learn what it costs. */
  profile(cell: CellDescription, signal: AbortSignal): Promise<Profile>;
  /** Writes the data to a file that another workbench can be opened with; absent where reading them is as fast. */
  readonly writeData?: (path: string) => Promise<void>;
  close(): void;
}

/** Opens the device and reads the data. `bench/cells/mod.ts` exports one under the name `openWorkbench`. */
export type OpenWorkbench = (
  preset: Preset,
  options: WorkbenchOptions,
) => Promise<Workbench>;

/** Options of opening a workbench. */
export interface WorkbenchOptions {
  readonly dataDir: string | null;
  /** Data that {@linkcode Workbench.writeData} of the same preset wrote, to be read instead. */
  readonly dataFile?: string;
  readonly signal: AbortSignal;
  /** How to choose among an operation's variants. Default: the fixed table. */
  readonly variants?: Variants;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend | null;
  /** Told what is worth knowing and no part of any record. Default: nobody. */
  readonly note?: (text: string) => void;
}
