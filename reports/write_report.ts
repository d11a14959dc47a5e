import { dirname, relative } from "node:path";
import {
  type History,
  parseHistory,
  parsePeersRecord,
  parsePerfRecord,
  readText,
  reasonOf,
} from "../bench/schema.ts";
import { loadRun } from "./load.ts";
import { renderReport } from "./page.ts";
import { renderPerformance, type SpeedRecords } from "./performance.ts";
import type { Problem } from "./types.ts";

/** Where a page goes, and what of speed stands on it. */
export interface WriteOptions {
  /** Default: `DIR/report.html`. */
  readonly out?: string;
  readonly performance?: SpeedRecords;
}

/**
 * Reads a run folder and writes its page, to a temporary name first.
 *
 * @param dir The run folder.
 * @returns The page's path, and what of the run could not be used.
 * @throws {TypeError} If the folder holds no run.
 */
export async function writeReport(
  dir: string,
  { out = `${dir.replace(/[/\\]+$/, "")}/report.html`, performance }: WriteOptions = {},
): Promise<{ path: string; problems: readonly Problem[] }> {
  const run = await loadRun(dir);
  const way = relative(dirname(out), dir).replaceAll("\\", "/");
  const page = renderReport(run, { base: way === "" ? "" : `${way}/`, ...(performance && { performance }) });
  await writePage(out, page);
  return { path: out, problems: run.problems };
}

/**
 * Reads what `bench perf`, `bench peers` and `bench history` wrote.
 *
 * @param files.perf Path of a performance record.
 * @param files.peers Path of a record of peers.
 * @param files.history Path of a history.
 * @throws {TypeError} If a file is absent or holds something else.
 */
export async function loadPerformance(
  files: { perf?: string; peers?: string; history?: string },
): Promise<SpeedRecords> {
  const { perf, peers, history } = files;
  return {
    ...(perf === undefined ? {} : { perf: await loadRecord(perf, parsePerfRecord) }),
    ...(peers === undefined ? {} : { peers: await loadRecord(peers, parsePeersRecord) }),
    ...(history === undefined ? {} : { history: await loadRecord(history, parseLines, (text) => text) }),
  };
}

/**
 * Writes records of speed as a page of their own.
 *
 * @throws {TypeError} If there is none, or the page cannot be written.
 */
export async function writePerformance(performance: SpeedRecords, out: string): Promise<void> {
  await writePage(out, renderPerformance(performance));
}

/** @throws {SyntaxError} If no line can be read: there is nothing to show. */
function parseLines(text: string): History {
  const history = parseHistory(text);
  if (history.entries.length > 0) return history;
  throw new SyntaxError("Cannot read history: it holds no line that can be read");
}

async function loadRecord<T, J = unknown>(
  path: string,
  parse: (json: J) => T,
  read: (text: string) => J = JSON.parse,
): Promise<T> {
  const refuse = (reason: string, cause: unknown) => new TypeError(`${reason}, ${path}`, { cause });
  let json: J;
  try {
    json = read(await readText(path));
  } catch (cause) {
    throw refuse(`Cannot read record: ${reasonOf(cause)}`, cause);
  }
  try {
    return parse(json);
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
}

async function writePage(out: string, page: string): Promise<void> {
  const temporary = `${out}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeTextFile(temporary, page);
    await Deno.rename(temporary, out);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new TypeError(`Cannot write report: ${(cause as Error).message}, ${out}`, { cause });
  }
}
