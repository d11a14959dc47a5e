/** What the process of the command and its workers write to each other: one JSON object per line. */
import type { CellDescription, CellProgress } from "../plan/cell.ts";
import type { Backend } from "../../engine/device/backend.ts";
import type { Variants } from "../adapter/variants_option.ts";
import type { Surroundings } from "../adapter/surroundings.ts";
import type { Preset } from "../config/preset.ts";
import type { Artifact } from "../records/mod.ts";
import type { CellEnding, CellInput } from "./pool.ts";

/** What every worker of a run is opened with. */
export interface WorkerSetup {
  readonly preset: Preset;
  readonly dataDir: string | null;
  /** Where the data lie ready; what is found there still has to have the hash that is expected. */
  readonly dataFile?: string;
  /** The run folder, with its manifest. */
  readonly runDir: string;
  readonly variants?: Variants;
  readonly backend?: Backend | null;
  readonly checkpointPauseMs?: number;
}

/** To a worker, on its standard input; its end means: end. */
export type ToWorker =
  | ({ readonly do: "open" } & WorkerSetup)
  | {
    readonly do: "cell";
    readonly cell: CellDescription;
    readonly key: string;
    readonly inputs: readonly CellInput[];
  }
  /** The run was interrupted: end the cell after the current step. */
  | { readonly do: "stop" };

/** From a worker, on its standard output. */
export type FromWorker =
  /** What it found has to be what the process that writes the records has found. */
  | ({ readonly say: "opened" } & Surroundings)
  | { readonly say: "started" }
  | { readonly say: "progress"; readonly update: CellProgress }
  | { readonly say: "note"; readonly text: string }
  | { readonly say: "warn"; readonly text: string }
  | { readonly say: "artifact"; readonly artifact: Artifact }
  | { readonly say: "ended"; readonly ending: CellEnding };
