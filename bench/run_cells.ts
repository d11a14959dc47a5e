import type { CellDescription, Workbench } from "./cell.ts";
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
}

/**
 * Runs cells in order, each record written as its cell finishes. A cell that throws is recorded as failed, those that
 * need it as skipped. Fewer records than cells come back if the signal was aborted.
 */
export async function runCells(cells: readonly CellDescription[], context: CellsRun): Promise<CellRecord[]> {
  const records: CellRecord[] = [];
  const outputs = new Map<string, unknown>();
  for (const [index, cell] of cells.entries()) {
    if (context.signal.aborted) break;
    context.progress.start({ name: cell.name, index, count: cells.length });
    const record = missingInput(cell, records) ?? await runCell(cell, outputs, context);
    if (record === null) break;
    const finished = typeof record === "string" ? await skip(cell, record, context) : record;
    await context.folder.writeRecord(finished);
    records.push(finished);
    context.progress.finish(finished);
    dropUnneeded(outputs, cells.slice(index + 1));
  }
  return records;
}

/** Why a cell cannot run, or null. */
function missingInput(cell: CellDescription, records: readonly CellRecord[]): string | null {
  for (const input of cell.inputs) {
    const status = records.find(({ benchmark }) => benchmark === input)?.status;
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
  const end = () => ({ startedAt, durationMs: now().getTime() - startedAt.getTime() });
  try {
    const outcome = await workbench.executeCell(cell, {
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
    });
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
