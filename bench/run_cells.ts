import type { CellContext, CellDescription, Workbench } from "./cell.ts";
import { CheckpointFile } from "./checkpoint_file.ts";
import { formatError, isExplained } from "./explained.ts";
import type { Progress } from "./progress.ts";
import { buildRecord, NO_OUTCOME, type RunFacts } from "./record.ts";
import type { RunFolder } from "./run_folder.ts";
import type { CellRecord } from "./schema.ts";

/** What the cells of a run share. */
export interface CellsRun {
  readonly folder: RunFolder;
  readonly workbench: Workbench;
  readonly facts: RunFacts;
  readonly quick: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Records of cells that need not run, by name; default: none. */
  readonly kept?: ReadonlyMap<string, CellRecord>;
  /** Milliseconds between two checkpoints of a training cell. */
  readonly checkpointPauseMs?: number;
  /** Called after each record that is written. */
  readonly onRecord?: () => Promise<void>;
}

/**
 * Runs cells in order, each record written as its cell finishes. A cell that throws is recorded as failed, those that
 * need it as skipped. Kept cells do not run, unless a cell that does needs what they made and their files are broken.
 * Fewer records than cells come back if the signal was aborted.
 *
 * @returns Records in the order of the cells, kept ones included.
 */
export async function runCells(cells: readonly CellDescription[], context: CellsRun): Promise<CellRecord[]> {
  const { kept = new Map<string, CellRecord>(), progress, signal } = context;
  const state: State = { cells, records: new Map(kept), outputs: new Map() };
  for (const [index, cell] of cells.entries()) {
    const record = kept.get(cell.name);
    if (record !== undefined) progress.keep({ name: cell.name, index, count: cells.length }, record);
    else if (signal.aborted || !await produce(cell, state, context)) break;
    dropUnneeded(state.outputs, cells.slice(index + 1).filter(({ name }) => !kept.has(name)));
  }
  return cells.flatMap(({ name }) => state.records.get(name) ?? []);
}

/** How far a run is. */
interface State {
  readonly cells: readonly CellDescription[];
  /** Of cells that need not run any more, whatever became of them. */
  readonly records: Map<string, CellRecord>;
  readonly outputs: Map<string, unknown>;
}

/** Runs a cell, or skips it, and writes its record; false if the run was aborted before it finished. */
async function produce(cell: CellDescription, state: State, context: CellsRun): Promise<boolean> {
  const { records, outputs, cells } = state, { folder, progress } = context;
  if (missingInput(cell, records) === null) {
    for (const input of cell.inputs) {
      if (!await provide(input, state, context)) return false;
    }
  }
  progress.start({ name: cell.name, index: cells.indexOf(cell), count: cells.length });
  const reason = missingInput(cell, records); // once more: an input may have run again, and failed
  const record = reason === null ? await runCell(cell, outputs, context) : await skip(cell, reason, context);
  if (record === null) return false;
  await folder.writeRecord(record);
  await folder.removeCheckpoint(cell.name);
  records.set(cell.name, record);
  progress.finish(record);
  await context.onRecord?.();
  return true;
}

/** Sees to it that a finished cell's output is there: loads it, or runs the cell again; false if aborted. */
async function provide(name: string, state: State, context: CellsRun): Promise<boolean> {
  const { cells, records, outputs } = state, { folder, workbench, progress } = context;
  const cell = cells.find((cell) => cell.name === name);
  const record = records.get(name);
  if (cell === undefined || record === undefined || outputs.has(name)) return true;
  try {
    outputs.set(name, await workbench.restoreOutput(cell, record, { runDir: folder.path }));
    return true;
  } catch (error) {
    progress.note(`${name} runs again: ${error instanceof Error ? error.message : error}`);
    records.delete(name);
    return await produce(cell, state, context);
  }
}

/** Why a cell cannot run, or null. */
function missingInput(cell: CellDescription, records: ReadonlyMap<string, CellRecord>): string | null {
  for (const input of cell.inputs) {
    const status = records.get(input)?.status;
    if (status === "failed" || status === "skipped") {
      return `its input ${input} ${status === "failed" ? "failed" : "was skipped"}`;
    }
  }
  return null;
}

function skip(cell: CellDescription, reason: string, { facts, now }: CellsRun): Promise<CellRecord> {
  return buildRecord(cell, {
    startedAt: now(),
    durationMs: 0,
    status: "skipped",
    reason,
    outcome: NO_OUTCOME,
  }, facts);
}

/** Runs one cell; null if the run was aborted before it finished. */
async function runCell(
  cell: CellDescription,
  outputs: Map<string, unknown>,
  context: CellsRun,
): Promise<CellRecord | null> {
  const { folder, workbench, facts, quick, progress, signal, now } = context;
  const startedAt = now();
  const artifacts: CellRecord["artifacts"][number][] = [];
  const warnings: string[] = [];
  const checkpoint = new CheckpointFile(folder.checkpointPath(cell.name), {
    pauseMs: context.checkpointPauseMs,
    note: (text) => progress.note(`${cell.name}: ${text}`),
  });
  const end = () => ({
    startedAt,
    durationMs: Math.round(checkpoint.earlierMs) + now().getTime() - startedAt.getTime(),
  });
  try {
    const cellContext: CellContext = {
      runDir: folder.path,
      signal,
      outputs,
      progress: (update) => progress.update(update),
      artifact: async (kind, relativePath, bytes) => {
        const artifact = await folder.writeArtifact(cell.name, { kind, relativePath, bytes });
        artifacts.push(artifact);
        return artifact;
      },
      warn: (text) => {
        if (!warnings.includes(text)) warnings.push(text);
        progress.note(`${cell.name} warns: ${text}`);
      },
      checkpoint,
    };
    const outcome = await workbench.executeCell(cell, cellContext);
    const status = outcome.status ?? (quick ? "quick" : "ok");
    const all = {
      ...outcome,
      artifacts: unique([...artifacts, ...outcome.artifacts ?? []], ({ path }) => path),
      warnings: unique([...warnings, ...outcome.warnings ?? []], (text) => text),
    };
    return await buildRecord(cell, { ...end(), status, reason: null, outcome: all }, facts);
  } catch (error) {
    if (signal.aborted) return null;
    if (!isExplained(error)) {
      progress.note(formatError(error));
    }
    const reason = error instanceof Error ? error.message : String(error);
    const outcome = { ...NO_OUTCOME, artifacts, warnings };
    return await buildRecord(cell, { ...end(), status: "failed", reason, outcome }, facts);
  }
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

/** Frees the results of cells that no later cell asks for. */
function dropUnneeded(outputs: Map<string, unknown>, later: readonly CellDescription[]): void {
  const needed = new Set(later.flatMap(({ inputs }) => inputs));
  for (const name of outputs.keys()) {
    if (!needed.has(name)) outputs.delete(name);
  }
}
