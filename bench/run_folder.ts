import { isTemporaryName, writeFileAtomic } from "../engine/atomic_file.ts";
import type { Artifact, CellRecord, RunManifest } from "./schema.ts";
import { EXIT, UsageError } from "./usage_error.ts";
import { sha256Hex } from "./sha256.ts";

/**
 * The folder a run leaves: `run.json`, `records/`, `artifacts/`, and `checkpoints/` while it is unfinished. Every file
 * is written whole or not at all.
 */
export class RunFolder {
  readonly path: string;
  readonly #created: readonly string[];
  #lock: Deno.FsFile | null = null;

  private constructor(path: string, created: readonly string[]) {
    this.path = path;
    this.#created = created;
  }

  /**
   * Makes the folder, or takes an existing one that holds no run, and proves that it can be written.
   *
   * @throws {UsageError} If it cannot be made or written, or holds a run already: records are never overwritten.
   */
  static async create(path: string): Promise<RunFolder> {
    const created: string[] = [];
    try {
      for (const folder of [path, `${path}/records`, `${path}/artifacts`]) {
        if (await exists(folder)) continue;
        await Deno.mkdir(folder, { recursive: true });
        created.push(folder);
      }
      await writeFileAtomic(`${path}/.writable`, "");
      await Deno.remove(`${path}/.writable`);
    } catch (cause) {
      await removeEmpty(created);
      const reason = cause instanceof Error ? innermost(cause).message : String(cause);
      throw new UsageError(
        `Cannot write to the run folder ${path}: ${reason}\nHint: choose another folder with --out`,
        { exitCode: EXIT.failed, cause },
      );
    }
    if (await exists(`${path}/run.json`)) {
      throw new UsageError(
        `Cannot start a run in ${path}: the folder holds a run already, and records are never overwritten\n` +
          `Hint: add --resume to go on with it, or choose another folder with --out`,
      );
    }
    return new RunFolder(path, created);
  }

  /** Takes a folder that holds a run, to go on with it; null where there is none. Nothing is written. */
  static async open(path: string): Promise<RunFolder | null> {
    return await exists(`${path}/run.json`).catch(() => false) ? new RunFolder(path, []) : null;
  }

  /**
   * Keeps other processes out until {@linkcode RunFolder.unlock}, or until this one ends, however it does.
   *
   * @throws {UsageError} If another process is at work in the folder, or the folder cannot be written.
   */
  async lock(): Promise<void> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(`${this.path}/.lock`, { create: true, write: true });
    } catch (cause) {
      throw new UsageError(
        `Cannot write to the run folder ${this.path}: ${(cause as Error).message}\n` +
          "Hint: choose another folder with --out",
        { exitCode: EXIT.failed, cause },
      );
    }
    if (!await file.tryLock(true).catch(() => true)) { // file systems without locks let everybody in
      file.close();
      throw new UsageError(`Cannot run in ${this.path}: another process is at work there`);
    }
    this.#lock = file;
  }

  /** Lets others in again. */
  async unlock(): Promise<void> {
    if (this.#lock === null) return;
    await Deno.remove(`${this.path}/.lock`).catch(() => {}); // Windows keeps open files
    this.#lock.close();
    this.#lock = null;
  }

  /** Makes the folders that are missing and removes what a killed process left half-written. */
  async tidy(): Promise<void> {
    for (const name of ["records", "artifacts"]) {
      await Deno.mkdir(`${this.path}/${name}`, { recursive: true });
    }
    for await (const file of temporaries(this.path)) await Deno.remove(file).catch(() => {});
  }

  /** Reads `run.json`, unchecked; undefined where it is not JSON. */
  async readManifest(): Promise<unknown> {
    const text = await Deno.readTextFile(`${this.path}/run.json`);
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /**
   * Reads a cell's record, unchecked; null where there is none.
   *
   * @throws {SyntaxError} If it is not JSON.
   */
  async readRecord(cell: string): Promise<unknown> {
    try {
      return JSON.parse(await Deno.readTextFile(`${this.path}/${recordPath(cell)}`));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Where a training cell keeps its state while it runs. */
  checkpointPath(cell: string): string {
    return `${this.path}/checkpoints/${cell.replaceAll("/", "--")}.safetensors`;
  }

  /** Removes a cell's checkpoint. */
  async removeCheckpoint(cell: string): Promise<void> {
    await Deno.remove(this.checkpointPath(cell)).catch(() => {}); // most cells have none
  }

  /** Removes the folder of checkpoints where it is empty. No cell may be running, which could be about to need it. */
  async removeCheckpointFolder(): Promise<void> {
    await Deno.remove(`${this.path}/checkpoints`).catch(() => {}); // absent, or not empty
  }

  /** Removes what {@linkcode RunFolder.create} made, as far as it is empty: for a run that could not start. */
  async discard(): Promise<void> {
    await removeEmpty(this.#created);
  }

  /** Writes `run.json`. */
  async writeManifest(manifest: RunManifest): Promise<void> {
    await writeFileAtomic(`${this.path}/run.json`, toJson(manifest));
  }

  /** Writes a record under a name made of its cell's: `records/sl--natural--seed-0.json`. */
  async writeRecord(record: CellRecord): Promise<void> {
    await writeFileAtomic(`${this.path}/${recordPath(record.benchmark)}`, toJson(record));
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
    const parts = file.relativePath.split("/");
    if (
      parts.some((part) => part === "" || part === "." || part === "..") || /[\\:]/.test(file.relativePath)
    ) {
      throw new RangeError(
        `Cannot write artifact of ${cell}: the path leaves its folder, given ${file.relativePath}`,
      );
    }
    const path = `artifacts/${cell}/${file.relativePath}`;
    const full = `${this.path}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await writeFileAtomic(full, file.bytes);
    return { kind: file.kind, path, sha256: await sha256Hex(file.bytes) };
  }
}

/** Where a cell's record lies, relative to the run folder. */
export function recordPath(cell: string): string {
  return `records/${cell.replaceAll("/", "--")}.json`;
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
