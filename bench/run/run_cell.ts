import type { CellDescription } from "../plan/cell.ts";
import type { CellEnding, CellInput } from "../jobs/pool.ts";
import { DiskFullError } from "../store/disk_full.ts";
import { buildRecord, NO_OUTCOME } from "../record/record.ts";
import type { CellsRun } from "./run_cells.ts";
import type { CellRecord } from "../records/mod.ts";

/** What one cell is run with. */
export interface CellRun extends Omit<CellsRun, "kept" | "onRecord" | "folder" | "leases" | "finished"> {
  readonly inputs: readonly CellInput[];
  /** Cells whose outputs are still asked for. */
  readonly needed: ReadonlySet<string>;
  /** Called when its work begins. */
  readonly onStart: () => void;
  /** Whether a cell ran in this process, so that it would leave the same files again. */
  readonly isFresh: (cell: string) => boolean;
}

/** What became of a cell: a record, an input that has to run again, or nothing, since the run was aborted. */
export type CellResult =
  | { readonly record: CellRecord }
  | { readonly unreadable: string; readonly reason: string }
  | Record<never, never>;

/** Runs a cell in the pool and makes its record. */
export async function runCell(cell: CellDescription, context: CellRun): Promise<CellResult> {
  const { pool, progress, now, clock, inputs, needed, onStart, isFresh } = context;
  const artifacts: CellRecord["artifacts"][number][] = [];
  const warnings: string[] = [];
  let startedAt: Date | null = null, startedMs = 0;
  const started = () => {
    if (startedAt === null) startedMs = clock();
    startedAt ??= now();
    onStart();
  };
  let ending = await pool.run(cell, {
    inputs,
    needed,
    hooks: {
      started,
      progress: (update) => progress.update(update, cell.name),
      note: (text) => progress.note(text),
      warn: (text) => {
        if (!warnings.includes(text)) warnings.push(text);
        progress.note(`${cell.name} warns: ${text}`);
      },
      artifact: (artifact) => artifacts.push(artifact),
    },
  });
  if (ending.kind === "aborted") return {};
  if (ending.kind === "full") throw new DiskFullError(new Error(ending.reason));
  if (ending.kind === "unreadable") {
    if (!isFresh(ending.input)) return { unreadable: ending.input, reason: ending.reason };
    ending = { kind: "failed", reason: ending.reason, report: null, earlierMs: 0 };
  }
  if (startedAt === null) started(); // its process ended before its work began
  const durationMs = Math.round(ending.earlierMs + clock() - startedMs);
  const ended = { ending, startedAt: startedAt!, durationMs, artifacts, warnings };
  return { record: recordOf(cell, ended, context) };
}

/** A cell that has ended by itself. */
interface Ended {
  readonly ending: Extract<CellEnding, { kind: "done" | "failed" }>;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly artifacts: CellRecord["artifacts"];
  readonly warnings: readonly string[];
}

function recordOf(cell: CellDescription, ended: Ended, context: CellRun): CellRecord {
  const { ending, startedAt, durationMs, artifacts, warnings } = ended, { facts, quick, progress } = context;
  if (ending.kind === "failed") {
    if (ending.report !== null) progress.note(ending.report);
    const outcome = { ...NO_OUTCOME, artifacts, warnings };
    const { reason } = ending;
    return buildRecord(cell, { startedAt, durationMs, status: "failed", reason, outcome }, facts);
  }
  const { outcome } = ending;
  const status = outcome.status ?? (quick ? "quick" : "ok");
  const all = {
    ...outcome,
    // A cell that went on from a checkpoint names them in another order.
    artifacts: unique([...artifacts, ...outcome.artifacts ?? []], ({ path }) => path).sort(byPath),
    warnings: unique([...warnings, ...outcome.warnings ?? []], (text) => text),
  };
  return buildRecord(cell, { startedAt, durationMs, status, reason: null, outcome: all }, facts);
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
