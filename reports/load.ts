import { parseCellRecord } from "../bench/records/read_cell_record.ts";
import { parseRunManifest } from "../bench/records/read_run_manifest.ts";
import { joinParts, networkOf } from "../bench/schema.ts";
import { readBytes } from "../common/read_file.ts";
import { sha256Hex } from "../common/sha256.ts";
import { reasonOf } from "../common/system_error.ts";
import { parseExamples, parsePictures } from "./validate.ts";
import type { LoadedRecord, Problem, Run } from "./types.ts";

/**
 * Reads a run folder: `run.json`, every `records/*.json` and the "examples" and "pictures" artifacts these name.
 * A file that cannot be used becomes an entry of `problems`; it never stops the rest.
 *
 * @throws {TypeError} If `dir` is not a folder, or holds neither run.json nor a records folder.
 */
export async function loadRun(dir: string): Promise<Run> {
  const problems: Problem[] = [];
  const names = await recordNames(dir);
  const manifest = await read(dir, "run.json", { parse: parseRunManifest, problems });
  if (names === null && manifest === null && problems.some((p) => p.reason.includes("does not exist"))) {
    throw new TypeError(
      `Cannot read run: the folder holds neither run.json nor records, ${dir}\n` +
        `Hint: give the folder that deno task bench printed`,
    );
  }
  const found: LoadedRecord[] = [];
  for (const name of names ?? []) {
    const path = `records/${name}`;
    const record = await read(dir, path, { parse: parseCellRecord, problems });
    if (record) found.push({ record, path });
  }
  const records = joined(withoutRepeats(inOrder(found, manifest?.cells ?? []), problems));
  const examples = await artifacts(records, {
    kind: "examples",
    readOne: (path, sha256) => read(dir, path, { parse: parseExamples, problems, sha256 }),
  });
  const pictures = await artifacts(records, {
    kind: "pictures",
    readOne: (path, sha256) => read(dir, path, { parse: parsePictures, problems, sha256 }),
  });
  return {
    name: folderName(dir),
    manifest,
    records,
    examples: examples.map(({ content, ...where }) => ({ ...where, images: content })),
    pictures,
    problems,
  };
}

/** What the artifacts of one kind hold, those that can be read. */
async function artifacts<T>(
  records: readonly LoadedRecord[],
  { kind, readOne }: { kind: string; readOne: (path: string, sha256: string) => Promise<T | null> },
): Promise<{ benchmark: string; path: string; content: T }[]> {
  const found: { benchmark: string; path: string; content: T }[] = [];
  for (const { record } of records) {
    for (const { path, sha256 } of record.artifacts.filter((artifact) => artifact.kind === kind)) {
      const content = await readOne(path, sha256);
      if (content !== null) found.push({ benchmark: record.benchmark, path, content });
    }
  }
  return found;
}

async function recordNames(dir: string): Promise<string[] | null> {
  const names: string[] = [];
  try {
    if (!(await Deno.stat(dir)).isDirectory) throw new Deno.errors.NotADirectory();
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotCapable ? "Deno may not read it" : "no such folder";
    throw new TypeError(`Cannot read run: ${reason}, ${dir}`, { cause });
  }
  try {
    for await (const entry of Deno.readDir(`${dir}/records`)) {
      if (entry.isFile && entry.name.endsWith(".json")) names.push(entry.name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new TypeError(`Cannot read run: its records cannot be listed, ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return names.sort();
}

interface ReadOptions<T> {
  parse: (json: unknown) => T;
  problems: Problem[];
  /** Expected hash of the file, hexadecimal; not checked when absent. */
  sha256?: string;
}

async function read<T>(dir: string, path: string, options: ReadOptions<T>): Promise<T | null> {
  try {
    const bytes = await readBytes(`${dir}/${path}`);
    if (options.sha256 !== undefined && options.sha256 !== sha256Hex(bytes)) {
      throw new SyntaxError("the file is not the one that the record names, its SHA-256 differs");
    }
    return options.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "the file does not exist" : reasonOf(error);
    options.problems.push({ path, reason });
    return null;
  }
}

function inOrder(records: LoadedRecord[], cells: readonly string[]): LoadedRecord[] {
  const place = new Map(cells.map((name, index) => [name, index]));
  const at = ({ record }: LoadedRecord) => place.get(record.benchmark) ?? cells.length;
  return records.toSorted((a, b) => at(a) - at(b));
}

/** Networks with their probes and attacks, see {@linkcode joinParts}; each under the path of its training. */
function joined(records: readonly LoadedRecord[]): LoadedRecord[] {
  const paths = new Map(records.map(({ record, path }) => [record.benchmark, path]));
  const reused = new Map(records.map(({ record }) => [record.benchmark, record.reusedFrom]));
  const ofParts = new Map<string, Record<string, string>>(), parts = new Map<string, string[]>();
  for (const { record, path } of records) {
    const network = networkOf(record);
    if (network === null) continue;
    const known = ofParts.get(network) ?? {};
    for (const name of Object.keys(record.metrics)) known[name] = path;
    ofParts.set(network, known);
    parts.set(network, [...parts.get(network) ?? [], record.benchmark]);
  }
  return joinParts(records.map(({ record }) => record)).map((record) => {
    const metricPaths = ofParts.get(record.benchmark);
    const cells = [record.benchmark, ...parts.get(record.benchmark) ?? []];
    const takenOver = cells.flatMap((cell) =>
      reused.get(cell) === undefined ? [] : [[cell, reused.get(cell)!]]
    );
    return {
      record,
      path: paths.get(record.benchmark)!,
      ...(takenOver.length > 0 && { reusedFrom: Object.fromEntries(takenOver) as Record<string, string> }),
      ...(metricPaths && { metricPaths, parts: parts.get(record.benchmark)! }),
    };
  });
}

/** Keeps the latest record of a cell and names the others, so that no cell counts twice. */
function withoutRepeats(records: LoadedRecord[], problems: Problem[]): LoadedRecord[] {
  const latest = new Map<string, LoadedRecord>();
  for (const loaded of records) {
    const { benchmark, startedAt } = loaded.record;
    const other = latest.get(benchmark);
    const older = other && other.record.startedAt > startedAt ? loaded : other;
    if (older) problems.push({ path: older.path, reason: `a later record of ${benchmark} is shown instead` });
    if (older !== loaded) latest.set(benchmark, loaded);
  }
  return [...latest.values()];
}

function folderName(dir: string): string {
  return dir.replaceAll("\\", "/").replace(/\/+$/, "").split("/").at(-1) || dir;
}
