import { basename, dirname, join, relative } from "node:path";
import { type History, parseHistory, PEERS_RECORD, PERF_RECORD } from "../../bench/records/mod.ts";
import { readText } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import { loadRun } from "../load.ts";
import { renderReport } from "./page.ts";
import { renderPerformance, type SpeedRecords } from "./performance.ts";
import type { Problem } from "../types.ts";

/** Options of a report: the path of the page, and its records of speed. */
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
 * @throws {TypeError} If the folder holds no run, or something other than a page lies where the page goes.
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
    ...(perf === undefined ? {} : { perf: await loadRecord(perf, PERF_RECORD.parse) }),
    ...(peers === undefined ? {} : { peers: await loadRecord(peers, PEERS_RECORD.parse) }),
    ...(history === undefined ? {} : { history: await loadRecord(history, parseLines, (text) => text) }),
  };
}

/**
 * Writes records of speed as a page of their own.
 *
 * @throws {TypeError} If there is no record, or the page cannot be written.
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

/** The beginning of a page, in any version: a report replaces no other file. */
const PAGE = /^<!doctype html>[^]*<title>[^<]*\(realfeatures\)<\/title>/;

async function writePage(out: string, page: string): Promise<void> {
  const temporary = join(dirname(out), `.${basename(out)}.${crypto.randomUUID()}.tmp`);
  try {
    await checkReplaceable(out);
    await Deno.writeTextFile(temporary, page, { createNew: true });
    await Deno.rename(temporary, out);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new TypeError(`Cannot write report: ${(cause as Error).message}, ${out}`, { cause });
  }
}

/** @throws {Error} If something other than a page or an empty file has the name. */
async function checkReplaceable(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch(() => null);
  if (found === null || (found.isFile && (found.size === 0 || PAGE.test(await beginningOf(path))))) {
    return;
  }
  const kind = found.isSymlink ? "a symbolic link" : found.isFile ? "not a page of ours" : "not a file";
  throw new Error(`what lies there is ${kind} and is not replaced`);
}

/** The first characters of a file, which may be large and hold anything. */
async function beginningOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(4096);
  return new TextDecoder().decode(bytes.subarray(0, await file.read(bytes) ?? 0));
}
