import { entryAt, temporaryOf } from "../../common/atomic_file.ts";
import { loadCheckpoint } from "../../engine/files/checkpoint.ts";
import { readText } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import { codeHashes } from "../plan/cell_key.ts";
import { isArtifactPath } from "../../common/checked_name.ts";
import { readCellRecord } from "../records/cell_record.ts";
import { RUN_MANIFEST } from "../records/run_manifest.ts";
import type { CellRecord, RunManifest } from "../records/mod.ts";
import { cellFile, checkpointOf, recordFile } from "../store/run_files.ts";
import { UsageError } from "../../common/usage_error.ts";
import { recordFaults } from "./check_record.ts";
import { hashFile } from "./hash_file.ts";
import { listFiles } from "./list_files.ts";

/** A file that is not what was written. */
export interface VerifyFault {
  /** Relative to the run folder. */
  readonly path: string;
  readonly reason: string;
}

/** What {@linkcode verifyRun} found. */
export interface Verification {
  readonly runDir: string;
  /** None if all is whole. */
  readonly faults: readonly VerifyFault[];
  /** Files that no run is known to have left; they are no fault. */
  readonly unknown: readonly string[];
  /** Cells of the run without a record. */
  readonly unfinished: readonly string[];
  /** Records of earlier versions, which have no hash of themselves: a changed number in them cannot be found. */
  readonly unsealed: readonly string[];
  /** How many of each were checked. */
  readonly records: number;
  readonly artifacts: number;
  readonly checkpoints: number;
  /** How much was read, in how long. */
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/** Files that runs leave and nobody reads back, besides records and artifacts. */
const OTHERS =
  /^(report\.html|\.lock|run\.json\.corrupt|(leases|claims)\/[^/]+\.json|records\/stale\/[^/]+\.json|(records|checkpoints)\/[^/]+\.corrupt)$/;

/**
 * Checks a whole run folder: `run.json`, every record by its seal, whether its key belongs to it, every file that
 * a record names, by its hash, and checkpoints. Nothing is written: `deno task bench verify RUN`.
 *
 * @param options.signal Abort it to stop between two files; then the promise rejects with its reason.
 * @throws {UsageError} If no run lies in the folder.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { verifyRun } from "./verify_run.ts";
 * // const { faults } = await verifyRun("runs/mine");
 * const dir = await Deno.makeTempDir();
 * await assertRejects(() => verifyRun(dir), Error, "no run lies there");
 * await Deno.writeTextFile(`${dir}/run.json`, "{ cut");
 * const { faults } = await verifyRun(dir);
 * assertEquals(faults.map(({ path }) => path), ["run.json"]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function verifyRun(
  runDir: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Verification> {
  const check = new Check(runDir, signal), startedMs = performance.now();
  await check.open();
  await check.manifest();
  await check.records();
  await check.artifacts();
  await check.checkpoints();
  return check.result(performance.now() - startedMs);
}

/** What has been found so far. */
class Check {
  readonly #dir: string;
  readonly #signal: AbortSignal | undefined;
  readonly #faults: VerifyFault[] = [];
  readonly #unsealed: string[] = [];
  /** Files that nobody has accounted for yet. */
  readonly #left = new Set<string>();
  /** By cell. */
  readonly #records = new Map<string, CellRecord>();
  #manifest: RunManifest | null = null;
  #counts = { records: 0, artifacts: 0, checkpoints: 0, sizeBytes: 0 };

  constructor(dir: string, signal: AbortSignal | undefined) {
    this.#dir = dir;
    this.#signal = signal;
  }

  async open(): Promise<void> {
    const refuse = (reason: string, cause?: unknown) =>
      new UsageError(
        `Cannot verify ${this.#dir}: ${reason}\nHint: name the folder of a run, which holds its run.json`,
        { cause },
      );
    const entries = ["run.json", "records"].map((name) => entryAt(`${this.#dir}/${name}`));
    if ((await Promise.all(entries)).every((entry) => entry === null)) throw refuse("no run lies there");
    const files = await listFiles(this.#dir).catch((cause) => {
      throw refuse(`it cannot be read as a folder, ${reasonOf(cause)}`, cause);
    });
    for (const { path, isLink } of files) {
      if (isLink) this.#fault(path, "it is a symbolic link, which runs neither make nor follow");
      else this.#left.add(path);
    }
  }

  async manifest(): Promise<void> {
    const text = this.#left.delete("run.json") ? await this.#text("run.json") : null;
    if (text === null) return this.#fault("run.json", "it is absent or cannot be read");
    const found = RUN_MANIFEST.read(text);
    if ("fault" in found) return this.#fault("run.json", found.fault);
    this.#manifest = found.value;
    if (!found.sealed) this.#unsealed.push("run.json");
  }

  async records(): Promise<void> {
    for (const path of [...this.#left].filter((path) => /^records\/[^/]+\.json$/.test(path))) {
      this.#signal?.throwIfAborted();
      this.#left.delete(path);
      this.#counts.records++;
      const text = await this.#text(path);
      if (text === null) continue;
      const found = readCellRecord(text);
      if ("fault" in found) this.#fault(path, found.fault);
      else if (path !== `records/${recordFile(found.value.cell)}`) {
        this.#fault(path, `it is the record of ${found.value.cell}`);
      } else {
        this.#records.set(found.value.cell, found.value);
        if (!found.sealed) this.#unsealed.push(path);
      }
    }
    const code = await codeHashes();
    for (const [cell, record] of this.#records) {
      const faults = recordFaults(record, { records: this.#records, code });
      for (const reason of faults) this.#fault(`records/${recordFile(cell)}`, reason);
    }
  }

  async artifacts(): Promise<void> {
    for (const [cell, { artifacts }] of this.#records) {
      for (const { path, sha256 } of artifacts) {
        this.#signal?.throwIfAborted();
        this.#counts.artifacts++;
        if (!this.#left.delete(path)) {
          this.#fault(path, `it is absent, and the record of ${cell} names it`);
          continue;
        }
        const found = await hashFile(`${this.#dir}/${path}`).catch((cause) => reasonOf(cause));
        if (typeof found === "string") {
          this.#fault(path, `it cannot be read, ${found}`);
          continue;
        }
        this.#counts.sizeBytes += found.sizeBytes;
        if (found.sha256 === sha256) continue;
        this.#fault(path, `it has sha256 ${found.sha256}, the record of ${cell} names ${sha256}`);
      }
    }
  }

  async checkpoints(): Promise<void> {
    const cells = new Set([...this.#manifest?.cells ?? [], ...this.#records.keys()].map(cellFile));
    for (const path of [...this.#left]) {
      const [folder, name, ...more] = path.split("/");
      if (folder !== "checkpoints" || more.length > 0 || !name?.endsWith(".safetensors")) continue;
      if (checkpointOf(name, cells) === null) continue;
      this.#signal?.throwIfAborted();
      this.#left.delete(path);
      this.#counts.checkpoints++;
      const full = `${this.#dir}/${path}`;
      try {
        await loadCheckpoint(full);
        this.#counts.sizeBytes += (await Deno.stat(full)).size;
      } catch (error) {
        this.#fault(path, reasonOf(error));
      }
    }
  }

  result(durationMs: number): Verification {
    const unfinished = (this.#manifest?.cells ?? []).filter((cell) => !this.#records.has(cell));
    const isOurs = (path: string) =>
      OTHERS.test(path) || temporaryOf(path.slice(path.lastIndexOf("/") + 1)) !== null ||
      unfinished.some((cell) => isArtifactPath(cell, path));
    return {
      runDir: this.#dir,
      faults: this.#faults,
      unknown: [...this.#left].filter((path) => !isOurs(path)),
      unfinished,
      unsealed: this.#unsealed,
      ...this.#counts,
      durationMs,
    };
  }

  async #text(path: string): Promise<string | null> {
    try {
      const text = await readText(`${this.#dir}/${path}`);
      this.#counts.sizeBytes += text.length;
      return text;
    } catch (error) {
      this.#fault(path, reasonOf(error));
      return null;
    }
  }

  #fault(path: string, reason: string): void {
    this.#faults.push({ path, reason });
  }
}
