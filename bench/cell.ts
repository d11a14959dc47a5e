/** A cell is one unit of work: train and evaluate an encoder, or construct a feature set. */
import type { ParadigmName, ParadigmSettings } from "../paradigms/mod.ts";
import type { CellCheckpoint } from "./checkpoint_file.ts";
import type { Choices } from "./choices_option.ts";
import type { Rehearsal } from "./estimate.ts";
import type { Phase } from "./phases.ts";
import type { Artifact, CellRecord, MachineInfo, Metric, RecordStatus } from "./schema.ts";
import type {
  AttackConfig,
  ConstructedSetName,
  ConstructionConfig,
  DatasetConfig,
  EvaluationConfig,
  ModelConfig,
  Preset,
  ProbeConfig,
  TrainingConfig,
} from "./preset.ts";

interface CellBase {
  /** Unique within the run, e.g. "sl/non-robust/seed-0". */
  readonly name: string;
  readonly seed: number;
  /** Names of the cells whose outputs it needs; they stand earlier in the plan. */
  readonly inputs: readonly string[];
}

/** Trains a network on a feature set and evaluates it on the natural test set. */
export interface TrainCell extends CellBase {
  readonly kind: "train";
  readonly paradigm: ParadigmName;
  readonly featureSet: "natural" | ConstructedSetName;
  readonly config: {
    readonly dataset: DatasetConfig;
    /** The paradigm's own settings, its encoder among them. */
    readonly paradigm: ParadigmSettings["config"];
    readonly training: TrainingConfig;
    /** The attack on each training batch (adversarial training); null for standard training. */
    readonly adversary: AttackConfig | null;
    readonly probe: ProbeConfig | null;
    readonly evaluation: EvaluationConfig;
    /** Pictures kept for the report. */
    readonly examples: number;
  };
}

/** Constructs a feature set with the encoder of its one input. */
export interface ConstructCell extends CellBase {
  readonly kind: "construct";
  readonly paradigm: null;
  readonly featureSet: ConstructedSetName;
  readonly config: {
    readonly dataset: DatasetConfig;
    readonly model: ModelConfig;
    readonly construction: ConstructionConfig;
    readonly examples: number;
  };
}

/** Plain data: what a cell does, complete after defaults. */
export type CellDescription = TrainCell | ConstructCell;

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
   * @param kind As in {@linkcode Artifact}: "weights", "feature-set", "manifest", "examples", "outcomes".
   * @returns The artifact; it is added to the record by the runner unless the outcome lists it too.
   * @throws {RangeError} If the path leaves the folder.
   */
  artifact(kind: string, relativePath: string, bytes: Uint8Array): Promise<Artifact>;
  /** Where a train cell keeps its state while it runs. */
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
  readonly kernelChoices?: CellRecord["kernelChoices"];
  /** Default: "quick" under a quick preset, else "ok". */
  readonly status?: RecordStatus;
}

/** Everything the cells of a run share (device, data), opened once before the first cell. */
export interface Workbench {
  readonly dataset: CellRecord["dataset"];
  readonly adapter: MachineInfo["adapter"];
  readonly kernelVariant: string;
  /** @throws {Error} If the cell fails, e.g. on a non-finite loss. */
  executeCell(cell: CellDescription, context: CellContext): Promise<CellOutcome>;
  /**
   * What a finished cell put into the outputs, loaded from the artifacts that its record names.
   *
   * @throws {Error} If a file is absent, or is not the one that the record names: the cell then runs again.
   */
  restoreOutput(cell: CellDescription, record: CellRecord, options: { runDir: string }): Promise<unknown>;
  /** Runs a cell on a few images, leaving nothing, to learn what it costs. */
  rehearse(cell: CellDescription, signal: AbortSignal): Promise<Rehearsal>;
  close(): void;
}

/** Opens the device and reads the data. `bench/cells/mod.ts` exports one under the name `openWorkbench`. */
export type OpenWorkbench = (
  preset: Preset,
  options: WorkbenchOptions,
) => Promise<Workbench>;

/** What a workbench is opened with, beside the preset. */
export interface WorkbenchOptions {
  readonly dataDir: string | null;
  readonly signal: AbortSignal;
  /** Who picks among an operation's ways of computing. Default: the fixed table. */
  readonly choices?: Choices;
  /** Told what is worth knowing and no part of any record. Default: nobody. */
  readonly note?: (text: string) => void;
}
