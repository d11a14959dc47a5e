import { isTemporaryName, writeFileAtomic } from "../../engine/atomic_file.ts";
import { Claims } from "./claims.ts";
import { isFileAt } from "./lock_file.ts";
import { readRunManifest } from "../records/read_run_manifest.ts";
import type { ReadResult } from "../records/read_sealed.ts";
import { isPathOf } from "../records/run_path.ts";
import { sealed } from "../records/seal.ts";
import type { Artifact, CellRecord, RunManifest } from "../schema.ts";
import { EXIT, UsageError } from "../terminal/usage_error.ts";
import { sha256Hex } from "../../engine/sha256.ts";
import { takeFile } from "./take_file.ts";

/** What a folder may be given by tests. */
export interface FolderOptions {
  /** Writes manifest, records and artifacts. Default: `writeFileAtomic`. */
  readonly write?: typeof writeFileAtomic;
}

/**
 * The folder a run leaves: `run.json`, `records/`, `artifacts/`, and while it is unfinished `checkpoints/`, `claims/`
 * and a lock. Every file is written whole or not at all.
 */
export class RunFolder {
  readonly path: string;
  readonly #created: readonly string[];
  readonly #write: typeof writeFileAtomic;
  #lock: Deno.FsFile | null = null;

  private constructor(path: string, created: readonly string[], { write = writeFileAtomic }: FolderOptions) {
    this.path = path;
    this.#created = created;
    this.#write = write;
  }

  /**
   * Makes the folder, or takes an existing one that holds no run, and proves that it can be written.
   *
   * @throws {UsageError} If it cannot be made or written, or holds a run already: records are never overwritten.
   */
  static async create(path: string, options: FolderOptions = {}): Promise<RunFolder> {
    const created: string[] = [];
    try {
      for (const folder of [path, `${path}/records`, `${path}/artifacts`]) {
        if (await exists(folder)) continue;
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
        `Cannot write to the run folder ${path}: ${reason}\nHint: choose another folder with --out`,
        { exitCode: EXIT.failed, cause },
      );
    }
    if (await exists(`${path}/run.json`)) throw holdsRun(path);
    return new RunFolder(path, created, options);
  }

  /** Takes a folder that holds a run, to go on with it; null where there is none. Nothing is written. */
  static async open(path: string, options: FolderOptions = {}): Promise<RunFolder | null> {
    return await exists(`${path}/run.json`).catch(() => false) ? new RunFolder(path, [], options) : null;
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
      let file: Deno.FsFile;
      try {
        file = await Deno.open(path, { create: true, write: true });
      } catch (cause) {
        throw new UsageError(
          `Cannot write to the run folder ${this.path}: ${(cause as Error).message}\n` +
            "Hint: choose another folder with --out",
          { exitCode: EXIT.failed, cause },
        );
      }
      const first = await file.tryLock(true).catch(() => true); // file systems without locks let everybody in
      if (!first) await file.lock(false);
      if (await isFileAt(file, path)) {
        this.#lock = file;
        return { alone: first && !await new Claims(this.path).anyAlive() };
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
      if (!await new Claims(this.path).anyAlive()) {
        await Deno.remove(`${this.path}/claims`, { recursive: true }).catch(() => {}); // there may be none
      }
      await Deno.remove(`${this.path}/.lock`).catch(() => {}); // Windows keeps open files
    }
    this.#lock.close();
    this.#lock = null;
  }

  /** Whether a run lies here. */
  async holdsRun(): Promise<boolean> {
    return await exists(`${this.path}/run.json`);
  }

  /** A name for a file that only this process needs; if it is killed, {@linkcode RunFolder.tidy} removes it. */
  temporaryPath(name: string): string {
    return `${this.path}/.${name}.${crypto.randomUUID()}.tmp`;
  }

  /** Makes the folders that are missing and removes what a killed process left half-written. */
  async tidy(): Promise<void> {
    for (const name of ["records", "artifacts"]) {
      await Deno.mkdir(`${this.path}/${name}`, { recursive: true });
    }
    for await (const file of temporaries(this.path)) await Deno.remove(file).catch(() => {});
  }

  /** Reads `run.json`. */
  async readManifest(): Promise<ReadResult<RunManifest>> {
    try {
      return readRunManifest(await Deno.readTextFile(`${this.path}/run.json`));
    } catch (error) {
      return { fault: (error as Error).message, later: false };
    }
  }

  /** The text of a cell's record; null where there is none. */
  async readRecord(cell: string): Promise<string | null> {
    try {
      return await Deno.readTextFile(`${this.path}/${recordPath(cell)}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Names of the files in `records/`. */
  async recordFiles(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(`${this.path}/records`)) {
      if (isFile && name.endsWith(".json")) names.push(name);
    }
    return names;
  }

  /**
   * Moves a record out of the way, so that its cell can run anew: `records/stale/<cell>.json`, or with `corrupt`
   * `records/<cell>.json.corrupt`. An older one there gives way.
   *
   * @param file Its name in `records/`.
   * @returns Where it lies now, relative to the run folder.
   */
  async setAside(file: string, reason: "stale" | "corrupt"): Promise<string> {
    const to = reason === "corrupt" ? `records/${file}.corrupt` : `records/stale/${file}`;
    if (reason === "stale") await Deno.mkdir(`${this.path}/records/stale`, { recursive: true });
    await Deno.rename(`${this.path}/records/${file}`, `${this.path}/${to}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // another process was faster
    });
    return to;
  }

  /**
   * Where a cell keeps its state while it runs.
   *
   * @param key The cell's: a state of something else is none to go on from.
   */
  checkpointPath(cell: string, key: string): string {
    return `${this.path}/checkpoints/${cell.replaceAll("/", "--")}.${key.slice(0, 12)}.safetensors`;
  }

  /** Removes a cell's checkpoints, whatever they are of. */
  async removeCheckpoints(isOf: (cell: string) => boolean): Promise<void> {
    const files = await Array.fromAsync(Deno.readDir(`${this.path}/checkpoints`)).catch(() => []); // most runs have none
    for (const { name } of files) {
      const cell = name.split(".")[0].replaceAll("--", "/");
      if (isOf(cell)) await Deno.remove(`${this.path}/checkpoints/${name}`).catch(() => {});
    }
  }

  /** Removes the folder of checkpoints where it is empty. No cell may be running, which could be about to need it. */
  async removeCheckpointFolder(): Promise<void> {
    await Deno.remove(`${this.path}/checkpoints`).catch(() => {}); // absent, or not empty
  }

  /** Removes what {@linkcode RunFolder.create} made, as far as it is empty: for a run that could not start. */
  async discard(): Promise<void> {
    await removeEmpty(this.#created);
  }

  /** Writes `run.json`, with the hash of itself. */
  async writeManifest(manifest: RunManifest): Promise<void> {
    await this.#write(`${this.path}/run.json`, toJson(sealed(manifest)));
  }

  /** Writes a record, with the hash of itself, under a name made of its cell's: `records/sl--natural--seed-0.json`. */
  async writeRecord(record: CellRecord): Promise<void> {
    await this.#write(`${this.path}/${recordPath(record.benchmark)}`, toJson(sealed(record)));
  }

  /**
   * Writes a cell's file.
   *
   * @param file.relativePath Within `artifacts/<cell>/`.
   * @throws {RangeError} If the path leaves that folder.
   */
  async writeArtifact(
    cell: string,
    file: { kind: string; relativePath: string; bytes: Uint8Array },
  ): Promise<Artifact> {
    const path = `artifacts/${cell}/${file.relativePath}`;
    if (!isPathOf(cell, path)) {
      throw new RangeError(
        `Cannot write artifact of ${cell}: the path leaves its folder, given ${file.relativePath}`,
      );
    }
    const full = `${this.path}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await this.#write(full, file.bytes);
    return { kind: file.kind, path, sha256: await sha256Hex(file.bytes) };
  }

  /**
   * Takes over a file that a cell left in another run folder, which stays as it is: see {@linkcode takeFile}.
   *
   * @throws {RangeError} If it is absent there, is not the file that the artifact names, or lies outside the cell's folder.
   */
  async takeArtifact(cell: string, { path, sha256 }: Artifact, from: RunFolder): Promise<void> {
    if (!isPathOf(cell, path)) {
      throw new RangeError(`Cannot take over a file of ${cell}: the path leaves its folder, given ${path}`);
    }
    await takeFile(`${from.path}/${path}`, `${this.path}/${path}`, { sha256, write: this.#write });
  }
}

/** The refusal of a folder that holds a run. */
export function holdsRun(path: string): UsageError {
  return new UsageError(
    `Cannot start a run in ${path}: the folder holds a run already, and records are never overwritten\n` +
      `Hint: add --resume to go on with it, or choose another folder with --out`,
  );
}

/** Where a cell's record lies, relative to the run folder. */
export function recordPath(cell: string): string {
  return `records/${recordFile(cell)}`;
}

/** The name of a cell's record. */
export function recordFile(cell: string): string {
  return `${cell.replaceAll("/", "--")}.json`;
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

/** Unfinished files below a folder; links are not followed. */
async function* temporaries(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    if (isDirectory) yield* temporaries(`${folder}/${name}`);
    else if (isFile && isTemporaryName(name)) yield `${folder}/${name}`;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) {
    await Deno.remove(folder).catch(() => {}); // not empty: something else lies there
  }
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
