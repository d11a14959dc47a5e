/** Takes over from other runs what then need not be computed again. */
import type { CellDescription } from "../plan/cell.ts";
import { type CellState, stateOf } from "../plan/cell_state.ts";
import type { Preset } from "../config/preset.ts";
import { recordedConfig } from "../record/record.ts";
import type { StatesContext } from "../plan/resume.ts";
import { type FinishedElsewhere, finishedElsewhere } from "../plan/reuse.ts";
import type { Leases } from "../store/leases.ts";
import type { RunFolder } from "../store/run_folder.ts";
import type { CellRecord } from "../records/mod.ts";

/** Where cells are reused from, and into which run. */
export interface ReuseOptions {
  /** The run's own folder, which this process has entered. */
  readonly folder: RunFolder;
  /** What it holds of each cell. */
  readonly states: ReadonlyMap<string, CellState>;
  readonly context: StatesContext;
  /** Whether no other process is at work there. */
  readonly leads: boolean;
  /** Keeps other processes from the cells meanwhile. They are closed in the end. */
  readonly leases: Leases;
  readonly runId: string;
  readonly preset: Pick<Preset, "name" | "quick">;
  /** Folders of the other runs. */
  readonly sources: readonly RunFolder[];
  /** Names of cells that are to be computed all the same. */
  readonly recompute?: readonly string[];
  readonly note: (text: string) => void;
  /** Aborted on Ctrl-C: what is reused by then stays. */
  readonly signal: AbortSignal;
}

/**
 * Gives a run those finished cells of other runs whose keys are those of its own missing ones: their records under its
 * own id, and all their files, checked by their hashes, so that its folder is whole by itself. The other folders stay as
 * they are. A cell whose files are not as its record says is told of, and left to be computed.
 *
 * @returns The states, with the cells that were reused.
 * @throws {Error} If the run's folder cannot be written.
 */
export async function reuseCells(
  cells: readonly CellDescription[],
  options: ReuseOptions,
): Promise<Map<string, CellState>> {
  const { sources, recompute = [], leases, signal, note } = options;
  const states = new Map(options.states), reused = new Map(sources.map((source) => [source, 0]));
  const isMissing = ({ name }: CellDescription) =>
    states.get(name)!.state !== "done" && !recompute.includes(name);
  const missing = sources.length === 0 ? [] : cells.filter(isMissing);
  try {
    for (const cell of missing) {
      if (signal.aborted) break;
      const found = await reuseCell(cell, options);
      if (found === null) continue;
      const { source, record } = found;
      states.set(cell.name, { state: "done", record });
      reused.set(source, reused.get(source)! + 1);
    }
  } finally {
    leases.close();
  }
  for (const [{ path }, count] of missing.length === 0 ? [] : reused) {
    note(`${count} of ${missing.length} cells that are missing are reused from ${path}`);
  }
  return states;
}

/** Reuses one cell; null where none of the other runs has it, or another process has it in hand. */
async function reuseCell(
  cell: CellDescription,
  options: ReuseOptions,
): Promise<FinishedElsewhere | null> {
  const { folder, leases, context, sources, leads, note } = options, { name } = cell;
  const key = context.keys.get(name)!;
  const candidates = await finishedElsewhere(cell, { sources, key: key.key, note });
  const lease = candidates.length === 0 ? null : await leases.take(name);
  if (lease === null) return null;
  try {
    const here = stateOf(cell, await folder.readRecord(name), { ...context, key });
    const nothing = here.state === "to do" && here.record === null;
    if (here.state === "done" || !leads && !nothing) return null; // another process was faster
    for (const found of candidates) {
      if (!await takeFiles(found, options)) continue;
      if (here.state === "corrupt") {
        const to = await folder.setAside(name, "corrupt");
        note(`The record of ${name} is corrupt, ${here.why.join("; ")}; it lies in ${to} now`);
      } else if (!nothing) await folder.setAside(name, "stale");
      const record = ownRecord(cell, found.record, options);
      await folder.writeRecord(record); // the last: a cell without it is not done
      await folder.removeCheckpoints([name]);
      return { ...found, record };
    }
    return null;
  } finally {
    await lease.release();
  }
}

/** Takes over what a cell left; false where a file is absent or another one. */
async function takeFiles(
  { source, record }: FinishedElsewhere,
  { folder, note }: ReuseOptions,
): Promise<boolean> {
  try {
    for (const artifact of record.artifacts) {
      await folder.takeArtifact(record.cell, artifact, source);
    }
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    note(`${record.cell} is not reused: ${error.message}`);
    return false;
  }
}

/** A record as this run's own. What measured it stays: commit, machine, runtime, jobs, times. */
function ownRecord(cell: CellDescription, record: CellRecord, { runId, preset }: ReuseOptions): CellRecord {
  return {
    ...record,
    runId,
    reusedFrom: record.reusedFrom ?? record.runId,
    preset: preset.name,
    // The same numbers, as this preset writes them.
    config: recordedConfig(cell),
    status: preset.quick ? "quick" : "ok",
  };
}
