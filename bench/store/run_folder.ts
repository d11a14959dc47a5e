import { readText } from "../../common/read_file.ts";
import { entryAt, entryKind, writeFileAtomic } from "../../common/atomic_file.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { type Artifact, CELL_RECORD, type CellRecord } from "../records/cell_record.ts";
import { RUN_MANIFEST, type RunManifest } from "../records/run_manifest.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";
import { Leases } from "./leases.ts";
import { isFileAt, openLockFile, removeLockFile } from "./lock_file.ts";
import { checkPlain, plainPath } from "./plain_path.ts";
import {
  artifactPath,
  cellFile,
  checkArtifactPath,
  checkpointOf,
  checkpointPath,
  leasePath,
  leftovers,
  recordFile,
  recordPath,
  RUN_ENTRIES,
} from "./run_files.ts";
import { reuseFile } from "./reuse_file.ts";

/** What a folder may be given by tests. */
export interface FolderOptions {
  /** Writes manifest, records and artifacts. Default: `writeFileAtomic`. */
  readonly write?: typeof writeFileAtomic;
}

/**
 * The folder a run leaves: `run.json`, `records/`, `artifacts/`, and while it is unfinished `checkpoints/`, `leases/`
 * and a lock. Every file is written whole or not at all. Other files in these folders stay as they are: only names made
 * of those of known cells are written, moved or removed (`run_files.ts`), and none behind a symbolic link.
 */
export class RunFolder {
  readonly path: string;
  readonly #created: readonly string[];
  readonly #write: typeof writeFileAtomic;
  readonly #cells = new Set<string>();
  #lock: Deno.FsFile | null = null;

  private constructor(path: string, created: readonly string[], { write = writeFileAtomic }: FolderOptions) {
    this.path = path;
    this.#created = created;
    this.#write = write;
  }

  /**
   * Makes the folder, or takes an existing one that holds no run, and proves that it can be written.
   *
   * @throws {UsageError} If it cannot be made or written, holds a run already, since records are never overwritten, or
   * holds anything else under a name that runs use.
   */
  static async create(path: string, options: FolderOptions = {}): Promise<RunFolder> {
    const foreign = await foreignEntries(path);
    if (await holdsManifest(path)) throw holdsRun(path);
    if (foreign.length > 0) {
      throw new UsageError(
        `Cannot start a run in ${path}: it holds no run.json, but ${
          foreign.join(", ")
        } that no run is known to have left\n` +
          "Hint: choose another folder with option outDir; nothing was changed",
      );
    }
    const created: string[] = [];
    try {
      for (const folder of [path, `${path}/records`, `${path}/artifacts`]) {
        if (await entryAt(folder) !== null) continue;
        await Deno.mkdir(folder, { recursive: true });
        created.push(folder);
      }
      const trial = `${path}/.writable.${crypto.randomUUID()}.tmp`;
      await writeFileAtomic(trial, "");
      await Deno.remove(trial).catch(() => {}); // another process has tidied up
    } catch (cause) {
      await removeEmpty(created);
      const reason = cause instanceof Error ? innermost(cause).message : String(cause);
      throw new UsageError(
        `Cannot write to the run folder ${path}: ${reason}\nHint: choose another folder with option outDir`,
        { exitCode: EXIT.failed, cause },
      );
    }
    if (await holdsManifest(path)) throw holdsRun(path); // another process has just begun it
    return new RunFolder(path, created, options);
  }

  /**
   * Takes a folder that holds a run, to resume it; null where there is none. Nothing is written.
   *
   * @throws {UsageError} If its `run.json` is a symbolic link or no file.
   */
  static async open(path: string, options: FolderOptions = {}): Promise<RunFolder | null> {
    return await holdsManifest(path) ? new RunFolder(path, [], options) : null;
  }

  /**
   * Says which cells are of the run: files of no others are moved or removed.
   *
   * @throws {UsageError} If a name is not one that files may have, or a file or folder of the run is a symbolic link, or a
   * file where a folder belongs. Nothing is changed then.
   */
  async know(cells: Iterable<string>): Promise<void> {
    const names = [...cells];
    const paths = [...RUN_ENTRIES, "records/stale/-", "checkpoints/-"];
    for (const cell of names) paths.push(recordPath(cell), leasePath(cell), artifactPath(cell, "0"));
    await checkPlain(this.path, paths);
    for (const name of names) this.#cells.add(name);
  }

  /**
   * Enters the folder as one of the processes at work there. The first one is alone until {@linkcode RunFolder.share},
   * and so can prepare the folder: others wait for that.
   *
   * @returns Whether no other process is at work in the folder.
   * @throws {UsageError} If the folder cannot be written.
   */
  async enter(): Promise<{ alone: boolean }> {
    const path = `${this.path}/.lock`;
    for (;;) {
      const file = await openLockFile(path).catch((cause) => {
        if (cause instanceof UsageError) throw cause;
        throw new UsageError(
          `Cannot write to the run folder ${this.path}: ${cause.message}\nHint: choose another folder with option outDir`,
          { exitCode: EXIT.failed, cause },
        );
      });
      const first = await file.tryLock(true).catch(() => true); // file systems without locks let everybody in
      if (!first) await file.lock(false);
      if (await isFileAt(file, path)) {
        this.#lock = file;
        return { alone: first && !await new Leases(this.path).anyAlive() };
      }
      file.close(); // the last process has just left and taken the file along
    }
  }

  /** Lets others enter. */
  async share(): Promise<void> {
    await this.#lock?.lock(false).catch(() => {}); // no locks here
  }

  /** Leaves the folder; the last process takes its traces along. */
  async leave(): Promise<void> {
    if (this.#lock === null) return;
    if (await this.#lock.tryLock(true).catch(() => true)) {
      const leases = new Leases(this.path);
      if (!await leases.anyAlive()) await leases.clear(this.#cells);
      await removeLockFile(this.#lock, `${this.path}/.lock`);
    }
    this.#lock.close();
    this.#lock = null;
  }

  /** Whether a run lies here. */
  async holdsRun(): Promise<boolean> {
    return await holdsManifest(this.path);
  }

  /** A name for a file that only this process needs; if it is killed, {@linkcode RunFolder.tidy} removes it. */
  temporaryPath(name: string): string {
    return `${this.path}/.${name}.${crypto.randomUUID()}.tmp`;
  }

  /** Makes the folders that are missing and removes what a killed process left half-written. */
  async tidy(): Promise<void> {
    for (const name of ["records", "artifacts"]) await Deno.mkdir(await this.#own(name), { recursive: true });
    for (const [folder, isUnfinished] of leftovers(this.#cells)) {
      for (const { name, isFile } of await this.#list(folder)) {
        if (isFile && isUnfinished(name)) await Deno.remove(`${this.path}/${folder}/${name}`).catch(() => {});
      }
    }
  }

  /** The text of `run.json`. */
  async readManifest(): Promise<string> {
    return await readText(`${this.path}/run.json`);
  }

  /** Copies `run.json` to `run.json.corrupt`, before another one takes its place. An older copy is replaced. */
  async keepDamagedManifest(): Promise<void> {
    await this.#write(await this.#own("run.json.corrupt"), await Deno.readFile(`${this.path}/run.json`));
  }

  /** The text of a cell's record; null where there is none. */
  async readRecord(cell: string): Promise<string | null> {
    try {
      return await readText(await this.#own(recordPath(cell)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /**
   * Moves a cell's record out of the way, so that the cell can run again: to `records/stale/<cell>.json`, or with
   * `corrupt` to `records/<cell>.json.corrupt`. An older one there is replaced.
   *
   * @returns Where it lies now, relative to the run folder.
   */
  async setAside(cell: string, reason: "stale" | "corrupt"): Promise<string> {
    const to = reason === "corrupt" ? `${recordPath(cell)}.corrupt` : `records/stale/${recordFile(cell)}`;
    const [from, target] = [await this.#own(recordPath(cell)), await this.#own(to)];
    if (reason === "stale") await Deno.mkdir(`${this.path}/records/stale`, { recursive: true });
    await Deno.rename(from, target).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // another process was faster
    });
    return to;
  }

  /**
   * Where a cell keeps its state while it runs.
   *
   * @param key The cell's: a state of something else is not resumed.
   */
  checkpointPath(cell: string, key: string): string {
    return `${this.path}/${checkpointPath(cell, key)}`;
  }

  /** Whether there are checkpoints of any of these cells. */
  async hasCheckpoints(cells: Iterable<string>): Promise<boolean> {
    return (await this.#checkpoints(cells)).length > 0;
  }

  /** Removes checkpoints of cells, under whatever key. */
  async removeCheckpoints(cells: Iterable<string>): Promise<void> {
    for (const path of await this.#checkpoints(cells)) await Deno.remove(path).catch(() => {});
  }

  /** Removes the folder of checkpoints where it is empty. No cell may be running, which could be about to need it. */
  async removeCheckpointFolder(): Promise<void> {
    await removeEmpty([`${this.path}/checkpoints`]);
  }

  /** Removes what {@linkcode RunFolder.create} made, as far as it is empty: for a run that could not start. */
  async discard(): Promise<void> {
    await removeEmpty(this.#created);
  }

  /** Writes `run.json`, sealed. */
  async writeManifest(manifest: RunManifest): Promise<void> {
    await this.#write(await this.#own("run.json"), RUN_MANIFEST.write(manifest));
  }

  /** Writes a sealed record under a name made of its cell's: `records/sl--natural--seed-0.json`. */
  async writeRecord(record: CellRecord): Promise<void> {
    await this.#write(await this.#own(recordPath(record.cell)), CELL_RECORD.write(record));
  }

  /**
   * Writes a cell's file.
   *
   * @param file.name Its name in `artifacts/<cell>/`.
   * @throws {RangeError} If the name is outside the alphabet of names.
   */
  async writeArtifact(
    cell: string,
    file: { kind: string; name: string; bytes: Uint8Array },
  ): Promise<Artifact> {
    const path = artifactPath(cell, file.name), full = await this.#own(path);
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await this.#write(full, file.bytes);
    return { kind: file.kind, path, sha256: sha256Hex(file.bytes) };
  }

  /**
   * Takes over a file that a cell left in another run folder, which stays as it is: see {@linkcode reuseFile}.
   *
   * @throws {RangeError} If it is absent there, is not the file that the artifact names, or lies outside the cell's folder.
   */
  async takeArtifact(cell: string, { path, sha256 }: Artifact, from: RunFolder): Promise<void> {
    const source = { folder: from.path, path: checkArtifactPath(cell, path) };
    await reuseFile(source, this.path, { sha256, write: this.#write });
  }

  /** Whether a cell's file is there, and not behind a link; its bytes are not looked at. */
  async hasArtifact(cell: string, { path }: Artifact): Promise<boolean> {
    try {
      return (await entryAt(await this.#own(checkArtifactPath(cell, path))))?.isFile ?? false;
    } catch {
      return false;
    }
  }

  /** The full path of something in the folder. @throws {UsageError} If it leads through a symbolic link. */
  #own(relative: string): Promise<string> {
    return plainPath(this.path, relative);
  }

  /** What lies in a folder of the run; nothing where that is absent. */
  async #list(relative: string): Promise<Deno.DirEntry[]> {
    if (!(await entryAt(await this.#own(relative)))?.isDirectory) return [];
    return await Array.fromAsync(Deno.readDir(`${this.path}/${relative}`));
  }

  async #checkpoints(cells: Iterable<string>): Promise<string[]> {
    const files = new Set(Array.from(cells, cellFile));
    return (await this.#list("checkpoints")).filter(({ name, isFile }) =>
      isFile && checkpointOf(name, files) !== null
    ).map(({ name }) => `${this.path}/checkpoints/${name}`);
  }
}

/** The refusal of a folder that holds a run. */
export function holdsRun(path: string): UsageError {
  return new UsageError(
    `Cannot start a run in ${path}: the folder holds a run already, and records are never overwritten\n` +
      `Hint: add option resume to continue it, or choose another folder with option outDir`,
  );
}

/** Entries under names that runs use which hold something. A start that was killed leaves empty ones. */
async function foreignEntries(path: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of RUN_ENTRIES) {
    const entry = await entryAt(`${path}/${name}`);
    if (entry === null || (entry.isFile && entry.size === 0)) continue;
    const inside = entry.isDirectory
      ? await Array.fromAsync(Deno.readDir(`${path}/${name}`)).catch(() => null)
      : null;
    if (inside?.length === 0) continue;
    found.push(entry.isSymlink ? `a link ${name}` : name);
  }
  return found;
}

/** @throws {UsageError} If `run.json` is something other than a file. */
async function holdsManifest(path: string): Promise<boolean> {
  const found = await entryAt(`${path}/run.json`);
  if (found === null || found.isFile) return found !== null;
  throw new UsageError(
    `Cannot use the run folder ${path}: its run.json is ${
      entryKind(found)
    }\nHint: choose another folder with option outDir`,
  );
}

/** Removes folders as far as they are empty, and nothing else of that name. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) {
    if ((await entryAt(folder))?.isDirectory) await Deno.remove(folder).catch(() => {}); // not empty
  }
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
