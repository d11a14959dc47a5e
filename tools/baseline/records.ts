/** Records of a baseline or run, read and written. */
import { entryAt, writeFileAtomic } from "../../common/atomic_file.ts";
import { CELL_RECORD } from "../../bench/records/cell_record.ts";
import type { CellRecord } from "../../bench/records/mod.ts";
import { recordFile } from "../../bench/store/run_files.ts";
import { UsageError } from "../../common/usage_error.ts";
import { adapterClass, baselineRecord } from "./record.ts";

/**
 * Reads the records of a run folder, or of a folder of nothing but records, by name.
 *
 * @throws {UsageError} If the folder holds no record, or one cannot be read.
 */
export async function readRecords(dir: string): Promise<CellRecord[]> {
  const records = (await readRecordFiles(dir)).map(({ record }) => record);
  if (records.length > 0) return records;
  throw new UsageError(`Cannot read records: found no record, given ${dir}`);
}

async function readRecordFiles(dir: string): Promise<{ path: string; record: CellRecord }[]> {
  const found: { path: string; record: CellRecord }[] = [];
  for (const path of await jsonFiles(dir)) {
    try {
      found.push({ path, record: CELL_RECORD.parse(JSON.parse(await Deno.readTextFile(path))) });
    } catch (cause) {
      throw new UsageError(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
    }
  }
  return found;
}

/**
 * Puts the records of a run in the place of those of a baseline. Other files there stay as they are.
 *
 * @returns How many.
 * @throws {UsageError} If a cell of the run did not end well, or the baseline is of another class of adapters, or is the
 * folder of a run.
 */
export async function writeBaseline(baselineDir: string, runDir: string): Promise<number> {
  const records = await readRecords(runDir);
  const refuse = (reason: string) => new UsageError(`Cannot write baseline ${baselineDir}: ${reason}`);
  const failed = records.find(({ status }) => status !== "ok" && status !== "quick");
  if (failed !== undefined) throw refuse(`a cell of the run is ${failed.status}, ${failed.cell}`);
  for (const name of ["run.json", "records"]) {
    if (await entryAt(`${baselineDir}/${name}`) === null) continue;
    throw refuse(
      `it holds ${name}, as the folder of a run does\nHint: add --baseline DIR with a folder of its own`,
    );
  }
  const old = await readRecordFiles(baselineDir);
  if (old.length > 0) {
    const [own, other] = [old[0].record, records[0]].map(({ machine }) => adapterClass(machine.adapter));
    if (own !== other) {
      throw refuse(
        `it is of the adapter ${own}, the run of ${other}\nHint: add --baseline DIR with a folder of its own`,
      );
    }
  }
  await Deno.mkdir(baselineDir, { recursive: true });
  const names = new Set(records.map(fileName));
  for (const { path, record } of old) {
    const name = fileName(record);
    if (path === `${baselineDir}/${name}` && !names.has(name)) await Deno.remove(path);
  }
  for (const record of records) {
    await writeFileAtomic(`${baselineDir}/${fileName(record)}`, CELL_RECORD.write(baselineRecord(record)));
  }
  return records.length;
}

function fileName({ cell }: CellRecord): string {
  return recordFile(cell);
}

/** Of the folder's part `records` where it has one. */
async function jsonFiles(dir: string): Promise<string[]> {
  const inside = `${dir}/records`;
  const folder = await Deno.stat(inside).then(({ isDirectory }) => isDirectory, () => false) ? inside : dir;
  const found: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".json")) found.push(`${folder}/${name}`);
    }
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  return found.sort();
}
