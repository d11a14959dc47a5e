/** Reads BASE and HEAD. */
import { readText } from "../../../common/read_file.ts";
import { reasonOf } from "../../../common/system_error.ts";
import { recordsOf } from "./history_records.ts";
import { parseHistory } from "../../records/parse_history.ts";
import { UsageError } from "../../../common/usage_error.ts";
import { readRecord } from "./read_record.ts";
import type { Side, SourceRecord } from "./source.ts";

/** Number of lines that represent a history: enough for the rank test over records. */
const LAST_LINES = 5;

/**
 * Reads a run folder, a folder of records, one record, or a history (`.jsonl`).
 *
 * @throws {UsageError} If `path` does not exist, holds no record, or holds one of a later version.
 */
export async function loadSide(path: string): Promise<Side> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (cause) {
    throw refuse(path, reasonOf(cause), cause);
  }
  if (info.isDirectory) return await loadFolder(path);
  if (path.endsWith(".jsonl")) return await loadHistory(path);
  try {
    return { path, records: [await readRecord(await readJson(path), path)], notes: [] };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refuse(path, cause.message, cause);
  }
}

/** Reads the records of a run folder, or of the folder itself; notes name other and damaged files. */
async function loadFolder(path: string): Promise<Side> {
  const records: SourceRecord[] = [], notes: string[] = [];
  for (const file of await jsonFiles(path)) {
    let json: unknown;
    try {
      json = await readJson(file);
      records.push(await readRecord(json, file));
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      notes.push(`${file} is left out: ${cause.message}`);
    }
  }
  if (records.length > 0) return { path, records, notes };
  throw refuse(
    path,
    notes.length > 0 ? `it holds no record that can be read; ${notes[0]}` : "it holds no records",
  );
}

async function jsonFiles(path: string): Promise<string[]> {
  const base = path.replace(/[/\\]+$/, "") || path, found: string[] = [], folders: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(base)) {
    if (isDirectory && name === "records") folders.push(`${base}/${name}`);
    else if (isFile && name.endsWith(".json") && name !== "run.json") found.push(`${base}/${name}`);
  }
  for (const folder of folders) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".json")) found.push(`${folder}/${name}`);
    }
  }
  return found.sort();
}

/** The newest lines with the kind, preset, configuration and machine of the last line. */
async function loadHistory(path: string): Promise<Side> {
  let history: ReturnType<typeof parseHistory>;
  try {
    history = parseHistory(await readText(path));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refuse(path, cause.message, cause);
  }
  const { entries, problems } = history;
  const last = entries.at(-1);
  if (last === undefined) throw refuse(path, "it holds no line that can be read");
  const like = entries.filter((entry) =>
    entry.kind === last.kind && entry.preset === last.preset &&
    JSON.stringify(entry.machine) === JSON.stringify(last.machine) &&
    JSON.stringify(entry.configHashes) === JSON.stringify(last.configHashes)
  );
  const used = like.slice(last.kind === "cells" || last.kind === "attack" ? -1 : -LAST_LINES);
  return {
    path,
    records: used.flatMap((entry, i) => recordsOf(entry, `${path}, line of ${entry.startedAt} (${i + 1})`)),
    notes: problems.map(({ line, reason }) => `${path}, line ${line}: ${reason}`),
  };
}

/** @throws {SyntaxError} If it is not JSON. */
async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readText(path);
  } catch (cause) {
    throw refuse(path, reasonOf(cause), cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError("it is not JSON", { cause });
  }
}

function refuse(path: string, reason: string, cause?: unknown): UsageError {
  return new UsageError(`Cannot compare ${path}: ${reason}`, { cause });
}
