/** What a run is asked for, and what it needs from outside. */
import type { writeFileAtomic } from "../../common/atomic_file.ts";
import type { Backend } from "../../engine/device/backend.ts";
import type { OpenWorkbench } from "../plan/cell.ts";
import type { Variants } from "../adapter/variants_option.ts";
import type { LeasesOptions } from "../store/leases.ts";
import type { Preset } from "../config/preset.ts";
import type { Progress } from "./progress.ts";

/** What to run. */
export interface RunRequest {
  /** Complete; its seeds are the ones that run. */
  readonly preset: Preset;
  /** The run folder; it must not hold a run, unless that is resumed. */
  readonly outDir: string;
  /** Resumes the run in the folder; starts one in a new folder. Default: false. */
  readonly resume?: boolean;
  /** Folder of the images, for data sets that are read. */
  readonly dataDir: string | null;
  /** The command as typed, for the manifest. */
  readonly command: string;
  /** How many cells to run at once; null for what suits the adapter, where workers can be started. Default: 1. */
  readonly jobs?: number | null;
  /** How to choose among an operation's variants. Default: the fixed table. */
  readonly variants?: Variants;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend | null;
  /** Names of the cells to run, besides those that they need. Default: all. */
  readonly only?: readonly string[];
  /** Folders of runs whose finished cells are reused where keys agree, the first that has one. Default: none. */
  readonly reuse?: readonly string[];
  /** Names of cells that are reused from none of these. Default: none. */
  readonly recompute?: readonly string[];
}

/** Writes the page of a run folder: `reports/mod.ts` exports one. */
export type WriteReport = (
  runDir: string,
) => Promise<{ path: string; problems: readonly { path: string; reason: string }[] }>;

/** What a run needs from outside. */
export interface RunServices {
  readonly openWorkbench: OpenWorkbench;
  /** Writes the page of a run folder; says where, and which files it could not use. Null for no page. */
  readonly writeReport: WriteReport | null;
  readonly progress: Progress;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: the clock. Of it come the times that records name, never durations. */
  readonly now?: () => Date;
  /** Milliseconds from any fixed point, for durations: they must never go back. Default: `performance.now`. */
  readonly clock?: () => number;
  /** How processes that share a folder keep apart. */
  readonly leases?: LeasesOptions;
  /** Writes a file whole or not at all. Default: `writeFileAtomic`. */
  readonly writeFile?: typeof writeFileAtomic;
  /** Milliseconds between two checkpoints of a cell; default: 30 seconds. */
  readonly checkpointPauseMs?: number;
  /** Program of the worker processes that run cells where several run at once, such as `bench/jobs/worker.ts`. */
  readonly worker?: URL;
}
