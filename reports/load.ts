import { CELL_RECORD, type CellRecord } from "../bench/records/cell_record.ts";
import { RUN_MANIFEST } from "../bench/records/run_manifest.ts";
import { joinParts } from "../bench/records/network.ts";
import { readBytes } from "../common/read_file.ts";
import { sha256Hex } from "../common/sha256.ts";
import { reasonOf } from "../common/system_error.ts";
import { parseExamples, parsePictures } from "../bench/records/image_artifacts.ts";
import type { LoadedRecord, LoadedRun, Problem } from "./types.ts";

/**
 * Reads a run folder: `run.json`, every `records/*.json` and the "examples" and "pictures" artifacts these name.
 * A file that cannot be used becomes an entry of `problems`; it never stops the rest.
 *
 * @throws {TypeError} If `dir` is not a folder, or holds neither run.json nor a records folder.
 */
export async function loadRun(dir: string): Promise<LoadedRun> {
  const problems: Problem[] = [];
  const names = await recordNames(dir);
  const manifest = await read(dir, "run.json", { parse: RUN_MANIFEST.parse, problems });
  if (names === null && manifest === null && problems.some((p) => p.reason.includes("does not exist"))) {
    throw new TypeError(
      `Cannot read run: the folder holds neither run.json nor records, ${dir}\n` +
        `Hint: give the folder that deno task bench printed`,
    );
  }
  const found: RecordFile[] = [];
  for (const name of names ?? []) {
    const path = `records/${name}`;
    const record = await read(dir, path, { parse: CELL_RECORD.parse, problems });
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

/** Contents of the readable artifacts of one kind. */
async function artifacts<T>(
  records: readonly LoadedRecord[],
  { kind, readOne }: { kind: string; readOne: (path: string, sha256: string) => Promise<T | null> },
): Promise<{ cell: string; path: string; content: T }[]> {
  const found: { cell: string; path: string; content: T }[] = [];
  for (const { record } of records) {
    for (const { path, sha256 } of record.artifacts.filter((artifact) => artifact.kind === kind)) {
      const content = await readOne(path, sha256);
      if (content !== null) found.push({ cell: record.cell, path, content });
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

/** A record and the path of its file, relative to the run folder. */
interface RecordFile {
  readonly record: CellRecord;
  readonly path: string;
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

function inOrder(records: RecordFile[], cells: readonly string[]): RecordFile[] {
  const place = new Map(cells.map((name, index) => [name, index]));
  const at = ({ record }: RecordFile) => place.get(record.cell) ?? cells.length;
  return records.toSorted((a, b) => at(a) - at(b));
}

/** Networks with their probes and attacks, see {@linkcode joinParts}; each under the path of its training. */
function joined(files: readonly RecordFile[]): LoadedRecord[] {
  const paths = new Map(files.map(({ record, path }) => [record.cell, path]));
  return joinParts(files.map(({ record }) => record)).map((record) => {
    const [own, ...parts] = "parts" in record ? record.parts : [record];
    const reused = [own, ...parts].flatMap(({ cell, reusedFrom }) =>
      reusedFrom === undefined ? [] : [[cell, reusedFrom] as const]
    );
    const ofParts = parts.flatMap(({ cell, metrics }) =>
      Object.keys(metrics).map((name) => [name, paths.get(cell)!] as const)
    );
    return {
      record,
      path: paths.get(record.cell)!,
      ...(reused.length > 0 && { reusedFrom: Object.fromEntries(reused) }),
      ...(parts.length > 0 && {
        metricPaths: Object.fromEntries(ofParts),
        parts: parts.map(({ cell }) => cell),
      }),
    };
  });
}

/** Keeps the latest record of a cell and names the others, so that no cell counts twice. */
function withoutRepeats(records: RecordFile[], problems: Problem[]): RecordFile[] {
  const latest = new Map<string, RecordFile>();
  for (const loaded of records) {
    const { cell, startedAt } = loaded.record;
    const other = latest.get(cell);
    const older = other && other.record.startedAt > startedAt ? loaded : other;
    if (older) problems.push({ path: older.path, reason: `a later record of ${cell} is shown instead` });
    if (older !== loaded) latest.set(cell, loaded);
  }
  return [...latest.values()];
}

function folderName(dir: string): string {
  return dir.replaceAll("\\", "/").replace(/\/+$/, "").split("/").at(-1) || dir;
}
