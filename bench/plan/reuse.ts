/** Cells that other runs have finished, known by their keys. Nothing here writes. */
import type { CellDescription } from "./cell.ts";
import { NO_SEAL } from "./cell_state.ts";
import { cannotBeUsed } from "./read_manifest.ts";
import { readCellRecord } from "../records/cell_record.ts";
import { RUN_MANIFEST } from "../records/run_manifest.ts";
import { RunFolder } from "../store/run_folder.ts";
import type { CellRecord } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";

/** A finished record of a cell in the folder of another run. */
export interface FinishedElsewhere {
  readonly source: RunFolder;
  readonly record: CellRecord;
}

/**
 * Opens the folders of runs whose cells may be reused. A damaged `run.json` is told of, and no obstacle: keys stand in
 * the records.
 *
 * @throws {UsageError} If one is no run folder, or of another version of the schema.
 */
export async function openSources(
  paths: readonly string[],
  note: (text: string) => void,
): Promise<RunFolder[]> {
  const refuse = (path: string, reason: string, cause?: unknown) =>
    new UsageError(
      `Cannot reuse cells of a run: ${reason}, given ${path}\n` +
        "Hint: name the folder of a run, which holds its run.json and records; a run was told it by option outDir",
      { cause },
    );
  return await Promise.all(paths.map(async (path) => {
    const folder = await RunFolder.open(path);
    if (folder === null) throw refuse(path, "no run.json lies in the folder, or there is none");
    const text = await folder.readManifest().catch((cause) => {
      throw refuse(path, `its run.json cannot be read, ${cause.message}`, cause);
    });
    const found = RUN_MANIFEST.read(text);
    if ("value" in found) return folder;
    if (found.later) throw refuse(path, `its run.json ${cannotBeUsed(found.fault)}`);
    note(`The run.json of ${path} ${cannotBeUsed(found.fault)}: its records are used all the same`);
    return folder;
  }));
}

/**
 * The finished records of a cell in other runs, in the order of these. A record there that cannot be read is told of, and
 * left alone.
 *
 * @param options.key The cell's. Records of another one are of something else.
 */
export async function finishedElsewhere(
  { name }: Pick<CellDescription, "name">,
  { sources, key, note }: { sources: readonly RunFolder[]; key: string; note: (text: string) => void },
): Promise<FinishedElsewhere[]> {
  const found: FinishedElsewhere[] = [];
  for (const source of sources) {
    const refuse = (reason: string) => note(`Cannot reuse ${name} from ${source.path}: ${reason}`);
    let text: string | null;
    try {
      text = await source.readRecord(name);
    } catch (error) {
      refuse(`its record cannot be read, ${(error as Error).message}`);
      continue;
    }
    if (text === null) continue;
    const read = readCellRecord(text, name);
    if ("fault" in read) {
      refuse(`its record ${read.later ? cannotBeUsed(read.fault) : `is corrupt, ${read.fault}`}`);
      continue;
    }
    const { value: record, sealed } = read;
    if (record.key !== key || (record.status !== "ok" && record.status !== "quick")) continue;
    if (sealed) found.push({ source, record });
    else refuse(`of its record: ${NO_SEAL}`);
  }
  return found;
}

/** Whether the files that a record names are there; their bytes are not looked at. */
export async function filesAreThere({ source, record }: FinishedElsewhere): Promise<boolean> {
  const there = record.artifacts.map((artifact) => source.hasArtifact(record.cell, artifact));
  return (await Promise.all(there)).every((isThere) => isThere);
}
