/** Where the cells of a run are worked on: in this process one at a time, or in worker processes several at once. */
import type { CellDescription, CellOutcome, CellProgress } from "../plan/cell.ts";
import type { Artifact, CellRecord } from "../records/mod.ts";

/** Works on cells. */
export interface CellPool {
  /** How many cells may run at once. */
  readonly jobs: number;
  /**
   * Runs a cell. A failure is an ending, never a rejection.
   *
   * @param task.needed Cells whose outputs are still asked for; what others left in memory may go.
   */
  run(cell: CellDescription, task: PoolTask): Promise<CellEnding>;
  /** Ends whatever still runs, and frees everything. May be called again. */
  close(): Promise<void>;
}

/** What a cell to run comes with. */
export interface PoolTask {
  readonly inputs: readonly CellInput[];
  readonly needed: ReadonlySet<string>;
  readonly hooks: CellHooks;
}

/** A finished cell that another one builds on. */
export interface CellInput {
  readonly cell: CellDescription;
  readonly record: CellRecord;
}

/** What a running cell tells. */
export interface CellHooks {
  /** The outputs of its inputs are there, its work begins. */
  started(): void;
  progress(update: CellProgress): void;
  note(text: string): void;
  warn(text: string): void;
  artifact(artifact: Artifact): void;
}

/** How a cell ended. Plain data. */
export type CellEnding =
  | {
    readonly kind: "done";
    readonly outcome: CellOutcome;
    /** Milliseconds up to the checkpoint that it went on from. */
    readonly earlierMs: number;
  }
  | {
    readonly kind: "failed";
    /** For the record. */
    readonly reason: string;
    /** For people, where the reason does not explain itself: with the stack trace. */
    readonly report: string | null;
    readonly earlierMs: number;
  }
  /** What an input left cannot be loaded: it has to run again. */
  | { readonly kind: "unreadable"; readonly input: string; readonly reason: string }
  /** The disk is full: no cell can continue. */
  | { readonly kind: "full"; readonly reason: string }
  /** The run was interrupted. */
  | { readonly kind: "aborted" };
