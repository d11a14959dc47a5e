/** The work on one cell, the same in the process of the command and in a worker. */
import type { CellContext, CellDescription, Workbench } from "../plan/cell.ts";
import type { CellKey } from "../plan/cell_key.ts";
import { CheckpointFile } from "../store/checkpoint_file.ts";
import { isDiskFull } from "../store/disk_full.ts";
import { explain, formatError } from "../../common/explained.ts";
import { checkMetrics } from "../record/record.ts";
import type { RunFolder } from "../store/run_folder.ts";
import type { CellEnding, CellHooks, CellInput } from "./pool.ts";

/** What all cells of a process share. */
export interface Bench {
  readonly workbench: Workbench;
  readonly folder: RunFolder;
  /** Keys of the cells, by name. */
  readonly keys: ReadonlyMap<string, Pick<CellKey, "key">>;
  /** In-memory results by cell name. */
  readonly outputs: Map<string, unknown>;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds between two checkpoints of a cell. */
  readonly checkpointPauseMs?: number;
}

/** Loads the outputs of the inputs that are not in memory, then runs the cell. Never throws. */
export async function performCell(
  bench: Bench,
  task: { cell: CellDescription; inputs: readonly CellInput[]; hooks: CellHooks },
): Promise<CellEnding> {
  const { workbench, folder, outputs } = bench, { cell, inputs, hooks } = task;
  for (const input of inputs) {
    const { name } = input.cell;
    if (outputs.has(name)) continue;
    try {
      outputs.set(name, await workbench.restoreOutput(input.cell, input.record, { runDir: folder.path }));
    } catch (error) {
      return { kind: "unreadable", input: name, reason: messageOf(error) };
    }
  }
  hooks.started();
  return await execute(bench, cell, hooks);
}

async function execute(bench: Bench, cell: CellDescription, hooks: CellHooks): Promise<CellEnding> {
  const { workbench, folder, outputs, signal, keys } = bench;
  const checkpoint = new CheckpointFile(folder.checkpointPath(cell.name, keys.get(cell.name)!.key), {
    pauseMs: bench.checkpointPauseMs,
    note: (text) => hooks.note(`${cell.name}: ${text}`),
  });
  const context: CellContext = {
    runDir: folder.path,
    signal,
    outputs,
    checkpoint,
    progress: (update) => hooks.progress(update),
    artifact: async (kind, name, bytes) => {
      const artifact = await folder.writeArtifact(cell.name, { kind, name, bytes });
      hooks.artifact(artifact);
      return artifact;
    },
    warn: (text) => hooks.warn(text),
  };
  try {
    const outcome = await workbench.executeCell(cell, context);
    checkMetrics(cell, outcome);
    return { kind: "done", outcome, earlierMs: checkpoint.earlierMs };
  } catch (error) {
    if (signal.aborted) {
      await checkpoint.saveLast().catch(() => {}); // then the next process continues from an earlier one
      return { kind: "aborted" };
    }
    if (isDiskFull(error)) return { kind: "full", reason: messageOf(error) };
    const reason = explain(error), report = reason === null ? formatError(error) : null;
    return { kind: "failed", reason: reason ?? messageOf(error), report, earlierMs: checkpoint.earlierMs };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
