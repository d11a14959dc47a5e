import { writeFileAtomic } from "../engine/atomic_file.ts";
import type { Artifact, CellRecord, RunManifest } from "./schema.ts";
import { EXIT, UsageError } from "./usage_error.ts";
import { sha256Hex } from "./sha256.ts";

/** The folder a run leaves: `run.json`, `records/`, `artifacts/`. Every file is written whole or not at all. */
export class RunFolder {
  readonly path: string;
  readonly #created: readonly string[];

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
          `Hint: choose another folder with --out`,
      );
    }
    return new RunFolder(path, created);
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
