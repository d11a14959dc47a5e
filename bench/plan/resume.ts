/** Whether a stopped run may be resumed, and what of it is kept. */
import type { CellDescription } from "./cell.ts";
import type { CellKey, KeyContext } from "./cell_key.ts";
import { type CellState, stateOf } from "./cell_state.ts";
import { differences } from "../record/differences.ts";
import type { RunFolder } from "../store/run_folder.ts";
import { recordPath } from "../store/run_files.ts";
import type { CellRecord, RunManifest } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";

/** The parts of a manifest that processes which share a run have in common. */
export type ExpectedRun = Partial<Pick<RunManifest, "preset" | "settings" | "identity">>;

/** Maximum number of differences that are listed. */
const NAMED = 8;

/**
 * Refuses to resume a run that is not the one asked for: one of another preset's name, data set or device. What else
 * differs shows in the keys of the cells, and only those run again that it touches.
 *
 * @param expected What this command would write into a manifest, as far as it is known.
 * @throws {UsageError} If anything differs; it names each difference, what was found and what was expected.
 */
export function checkSameRun(runDir: string, found: RunManifest, expected: ExpectedRun): void {
  const { preset, identity } = expected;
  const unlike = preset === undefined ? [] : differences("preset", { found: found.preset, expected: preset });
  if (identity !== undefined) {
    const of = (value: RunManifest["identity"]) => ({
      dataset: value?.dataset.name,
      adapter: value?.adapter,
      readPath: value?.readPath,
    });
    unlike.push(...differences("", { found: of(found.identity), expected: of(identity) }));
  }
  refuse(
    `Cannot resume the run in ${runDir}: it is another run`,
    unlike,
    "resume it with the preset, data and adapter it began with, or start a new run with another option outDir",
  );
}

/**
 * Refuses to join processes that are at work on a run unless all of it is the same.
 *
 * @throws {UsageError} If anything differs; it names each difference, what was found and what was expected.
 */
export function checkSharedRun(runDir: string, found: RunManifest, expected: ExpectedRun): void {
  const unlike: string[] = [];
  for (const name of ["preset", "settings", "identity"] as const) {
    if (expected[name] === undefined) continue;
    unlike.push(...differences(name, { found: found[name], expected: plain(expected[name]) }));
  }
  refuse(
    `Cannot join the run in ${runDir}: another process is at work there on another run`,
    unlike,
    "wait until it has ended, or start a new run with another option outDir",
  );
}

function refuse(what: string, unlike: readonly string[], hint: string): void {
  if (unlike.length === 0) return;
  const more = unlike.length > NAMED ? `; and ${unlike.length - NAMED} more` : "";
  throw new UsageError(`${what}, ${unlike.slice(0, NAMED).join("; ")}${more}\nHint: ${hint}`);
}

/** As it looks after a round trip through a file. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** What every cell's state is found with. */
export interface StatesContext extends KeyContext {
  readonly keys: ReadonlyMap<string, CellKey>;
}

/**
 * What the folder holds of each cell.
 *
 * @throws {UsageError} If a record was written by a later version.
 */
export async function readStates(
  folder: RunFolder,
  cells: readonly CellDescription[],
  context: StatesContext,
): Promise<Map<string, CellState>> {
  const states = await Promise.all(
    cells.map(async (cell) =>
      [
        cell.name,
        stateOf(cell, await folder.readRecord(cell.name), { ...context, key: context.keys.get(cell.name)! }),
      ] as const
    ),
  );
  return new Map(states);
}

/** The record of a cell that has ended, well or not, as what it would compute now; null where there is none. */
export async function endedRecord(
  folder: RunFolder,
  cell: CellDescription,
  context: StatesContext,
): Promise<CellRecord | null> {
  const key = context.keys.get(cell.name)!;
  const found = stateOf(cell, await folder.readRecord(cell.name), { ...context, key });
  if (found.state === "done") return found.record;
  return found.state === "to do" && found.record?.key === key.key ? found.record : null;
}

/**
 * Moves away records of cells that were of the run and are not any more, and removes their checkpoints. No other process
 * may be at work there.
 */
export async function clearDropped(
  folder: RunFolder,
  dropped: readonly string[],
  note: (text: string) => void,
): Promise<void> {
  for (const name of dropped) {
    if (await folder.readRecord(name) === null) continue;
    const to = await folder.setAside(name, "stale");
    note(`${recordPath(name)} is of no cell of this run any more; it lies in ${to} now`);
  }
  await folder.removeCheckpoints(dropped);
}

/**
 * Prepares a folder for cells to run: moves away records that do not count, and removes checkpoints of finished cells. No
 * other process may be at work there.
 */
export async function clearFolder(
  folder: RunFolder,
  states: ReadonlyMap<string, CellState>,
  note: (text: string) => void,
): Promise<void> {
  for (const [name, found] of states) {
    if (found.state === "corrupt") {
      const to = await folder.setAside(name, "corrupt");
      note(`${name} runs again: its record is corrupt, ${found.why.join("; ")}; it lies in ${to} now`);
    } else if (found.state === "stale") {
      await folder.setAside(name, "stale");
      note(`${name} runs again: ${shorten(found.why)}`);
    } else if (found.state === "to do" && found.record !== null) {
      await folder.setAside(name, "stale");
    }
  }
  await folder.removeCheckpoints([...states].flatMap(([name, { state }]) => state === "done" ? [name] : []));
}

/** The first reasons. */
export function shorten(why: readonly string[]): string {
  const more = why.length > NAMED ? `; and ${why.length - NAMED} more` : "";
  return why.slice(0, NAMED).join("; ") + more;
}

/** The records of finished cells. */
export function doneRecords(states: ReadonlyMap<string, CellState>): Map<string, CellRecord> {
  return new Map(
    [...states].flatMap(([name, found]) => found.state === "done" ? [[name, found.record] as const] : []),
  );
}
