/** The manifest of a run, read from `run.json`, or made again from the records where that is damaged. */
import type { Preset } from "../config/preset.ts";
import { readCellRecord } from "../records/cell_record.ts";
import { RUN_MANIFEST, type RunManifest } from "../records/run_manifest.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import type { CellRecord } from "../records/cell_record.ts";
import type { RunFolder } from "../store/run_folder.ts";
import { recordedPreset } from "../store/run_manifest.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { CellDescription } from "./cell.ts";

/** A run's manifest. */
export interface FoundManifest {
  /** Null where it is damaged and no record tells what stood in it: the run has not finished a cell yet. */
  readonly manifest: RunManifest | null;
  /** What is wrong with `run.json`, to follow its name; null if nothing. */
  readonly damage: string | null;
}

/**
 * Reads the manifest of the run in a folder. One that is damaged is rebuilt from the records of cells and the preset asked
 * for, which must be of the same run. Nothing is written.
 *
 * @throws {UsageError} If it is of a later version of the schema, or damaged where neither a record nor a checkpoint shows
 * that the folder holds a run of these cells.
 */
export async function findManifest(
  folder: RunFolder,
  { preset, cells, command }: { preset: Preset; cells: readonly CellDescription[]; command: string },
): Promise<FoundManifest> {
  const found = RUN_MANIFEST.read(await folder.readManifest());
  if ("value" in found) return { manifest: found.value, damage: null };
  const names = cells.map(({ name }) => name), { fault, later } = found, damage = cannotBeUsed(fault);
  const records = later ? [] : await readableRecords(folder, names);
  if (records.length > 0) return { manifest: rebuilt(records, { preset, cells: names, command }), damage };
  if (!later && await folder.hasCheckpoints(names)) return { manifest: null, damage };
  throw cannotResume(folder.path, fault);
}

/**
 * A text as a run's manifest.
 *
 * @throws {UsageError} If it cannot be read.
 */
export function parseRunManifest(runDir: string, text: string): RunManifest {
  const found = RUN_MANIFEST.read(text);
  if ("value" in found) return found.value;
  throw cannotResume(runDir, found.fault);
}

/** What is wrong with a file, to follow its name. */
export function cannotBeUsed(fault: string): string {
  return `cannot be used, ${fault}`;
}

async function readableRecords(folder: RunFolder, names: readonly string[]): Promise<CellRecord[]> {
  const found = await Promise.all(names.map(async (name) => {
    const text = await folder.readRecord(name);
    const read = text === null ? null : readCellRecord(text, name);
    return read === null || "fault" in read ? [] : [read.value];
  }));
  return found.flat();
}

/** What can be told of a run from its records: of what differs among them, the newest has the last word. */
function rebuilt(
  records: readonly CellRecord[],
  { preset, cells, command }: { preset: Preset; cells: readonly string[]; command: string },
): RunManifest {
  const computed = records.filter(({ reusedFrom }) => reusedFrom === undefined);
  const own = (computed.length > 0 ? computed : records).toSorted((a, b) =>
    a.startedAt < b.startedAt ? -1 : 1
  );
  const last = own.at(-1)!, { runId, codeHash, dataset, machine, readPath } = last;
  return RUN_MANIFEST.of({
    commit: last.commit,
    dirty: last.dirty,
    machine,
    runtime: last.runtime,
    runId,
    preset: last.preset,
    description: preset.description,
    settings: recordedPreset(preset),
    command,
    startedAt: own[0].startedAt,
    durationMs: computed.reduce((sum, { durationMs }) => sum + durationMs, 0),
    identity: {
      codeHash,
      ...surroundingsOf({ dataset, adapter: machine.adapter, driver: machine.driver ?? null, readPath }),
    },
    cells,
  });
}

function cannotResume(runDir: string, fault: string): UsageError {
  return new UsageError(
    `Cannot resume the run in ${runDir}: its run.json ${
      cannotBeUsed(fault)
    }\nHint: start a new run with another option outDir`,
  );
}
