/** The names of all files that a run writes into its folder, and of no others. */
import { temporaryOf } from "../../common/atomic_file.ts";
import { isArtifactPath, isCellName, isName, NAME_ALPHABET } from "../../common/checked_name.ts";
import { UsageError } from "../../common/usage_error.ts";

/** Names in a run folder next to `run.json`. */
export const RUN_ENTRIES = [
  "records",
  "artifacts",
  "checkpoints",
  "leases",
  "report.html",
  "run.json.corrupt",
  ".lock",
];

/** Unfinished files that a killed process may leave next to `run.json`. */
const UNFINISHED = new Set(["run.json", "run.json.corrupt", "report.html", "writable", "data"]);

const CHECKPOINT = /^(.+)\.[0-9a-f]{12}\.safetensors(?:\.corrupt)?$/;

/**
 * A cell's name as names of files hold it: `sl--natural--seed-0`.
 *
 * @throws {UsageError} If a part of it is outside the alphabet of names: what it leads to is no file of the run.
 */
export function cellFile(cell: string): string {
  if (isCellName(cell)) return cell.replaceAll("/", "--");
  throw new UsageError(
    `Cannot name a file after a cell: each part of its name must be of ${NAME_ALPHABET}, given ${
      JSON.stringify(cell)
    }`,
  );
}

/** The name of a cell's record, in `records/`. */
export function recordFile(cell: string): string {
  return `${cellFile(cell)}.json`;
}

/** Where a cell's record lies, relative to the run folder. */
export function recordPath(cell: string): string {
  return `records/${recordFile(cell)}`;
}

/** Where a cell's lease lies, relative to the run folder. */
export function leasePath(cell: string): string {
  return `leases/${cellFile(cell)}.json`;
}

/**
 * Where a cell keeps its state while it runs, relative to the run folder.
 *
 * @param key The cell's: a state of something else is not resumed.
 */
export function checkpointPath(cell: string, key: string): string {
  return `checkpoints/${cellFile(cell)}.${key.slice(0, 12)}.safetensors`;
}

/** Which of these cells a file in `checkpoints/` is of, by {@linkcode cellFile}; null if of none. */
export function checkpointOf(file: string, cells: ReadonlySet<string>): string | null {
  const cell = CHECKPOINT.exec(file)?.[1];
  return cell !== undefined && cells.has(cell) ? cell : null;
}

/**
 * Where a cell's file lies, relative to the run folder.
 *
 * @throws {RangeError} If the name is outside the alphabet of names.
 */
export function artifactPath(cell: string, name: string): string {
  if (!isName(name)) {
    throw new RangeError(
      `Cannot use a file of ${cell}: its name must be of ${NAME_ALPHABET}, given ${JSON.stringify(name)}`,
    );
  }
  cellFile(cell);
  return `artifacts/${cell}/${name}`;
}

/**
 * The path of a cell's file as a record names it, after a check that it is one.
 *
 * @throws {RangeError} If it is outside the cell's folder.
 */
export function checkArtifactPath(cell: string, path: unknown): string {
  if (isArtifactPath(cell, path)) return path;
  throw new RangeError(
    `Cannot use a file of ${cell}: the path leaves its folder, given ${JSON.stringify(path)}`,
  );
}

/**
 * The folders of a run, relative to it, each with a test for the names of the unfinished files that a killed process may
 * have left there.
 *
 * @param cells The run's.
 */
export function leftovers(cells: Iterable<string>): Map<string, (name: string) => boolean> {
  const names = [...cells], files = new Set(names.map(cellFile));
  const json = new Set(names.map(recordFile));
  const unfinished = (isOurs: (name: string) => boolean) => (name: string) => {
    const of = temporaryOf(name);
    return of !== null && isOurs(of);
  };
  return new Map([
    [".", (name: string) => unfinishedAtTop(name)],
    ["records", unfinished((name) => json.has(name))],
    ["leases", unfinished((name) => json.has(name))],
    ["checkpoints", unfinished((name) => checkpointOf(name, files) !== null)],
    ...names.map((cell) => [`artifacts/${cell}`, unfinished(isName)] as const),
  ]);
}

/** Files that only this process needs have temporary names themselves, and are written under further ones. */
function unfinishedAtTop(name: string): boolean {
  const of = temporaryOf(name);
  return of !== null && (UNFINISHED.has(of) || unfinishedAtTop(of));
}
