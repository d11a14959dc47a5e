/** The folder of an evaluation, and how a stopped evaluation is resumed. */

import { readText } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import type { StateStore } from "../../attacks/evaluation/robustness_attack.ts";
import { entryAt, entryKind, temporaryOf, writeFileAtomic } from "../../common/atomic_file.ts";
import { differences } from "../record/differences.ts";
import type { ReadResult } from "../records/kind.ts";
import type { Artifact } from "../records/mod.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { openLockFile, removeLockFile } from "../store/lock_file.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";
import { ATTACK_RECORD, type AttackConfiguration, type AttackRecord } from "../records/attack_record.ts";
import { type EvaluationState, readState, writeState } from "./state_file.ts";

/** The files of the folder. */
export const FILES = {
  record: "attack.json",
  /** One for the evaluation at `--eps`, one for that at the reference code's radius. */
  states: { asked: "state.safetensors", referenceRadius: "state-reference-radius.safetensors" },
  outcomes: { asked: "outcomes.safetensors", referenceRadius: "outcomes-reference-radius.safetensors" },
} as const;

/** Which of the two evaluations. */
export type EvaluationPart = keyof typeof FILES.states;

const PARTS = Object.keys(FILES.states) as EvaluationPart[];

/** Names of all files that are ever written, moved or removed. */
const NAMES: readonly string[] = [
  FILES.record,
  ...Object.values(FILES.states),
  ...Object.values(FILES.outcomes),
];

/** How a folder is opened. */
export interface EvaluationFolderOptions {
  readonly configuration: AttackConfiguration;
  readonly resume: boolean;
  readonly now: Date;
  /** Receives notes on damaged files that are moved aside. */
  readonly note: (text: string) => void;
}

/** An evaluation's folder, locked against other processes. Release it with {@linkcode EvaluationFolder.close}. */
export class EvaluationFolder {
  readonly path: string;
  /** The record of an evaluation that has finished. */
  finished: AttackRecord | null = null;
  /** When the evaluation started, and when it was resumed. */
  startedAt: string;
  resumedAt: readonly string[] = [];
  readonly #configuration: AttackConfiguration;
  readonly #states = new Map<EvaluationPart, EvaluationState>();
  readonly #lock: Deno.FsFile;
  readonly #made: boolean;
  readonly #note: (text: string) => void;
  #saved = false;

  private constructor(path: string, { lock, made, options }: {
    lock: Deno.FsFile;
    made: boolean;
    options: EvaluationFolderOptions;
  }) {
    this.path = path;
    this.#lock = lock;
    this.#made = made;
    this.#note = options.note;
    this.#configuration = options.configuration;
    this.startedAt = options.now.toISOString();
  }

  /**
   * Creates the folder, or opens one without an evaluation, or with `resume` one with the same evaluation. Damaged files of
   * an evaluation are moved aside, and it restarts.
   *
   * @throws {UsageError} If it cannot be written, another process uses it, or it holds an evaluation without `resume`,
   * another evaluation, one of a later version, or other files. The folder is unchanged then.
   */
  static async take(path: string, options: EvaluationFolderOptions): Promise<EvaluationFolder> {
    const made = await entryAt(path) === null;
    const lock = await openLock(path);
    const folder = new EvaluationFolder(path, { lock, made, options });
    try {
      await folder.#open(options);
      return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** The store of the state of one evaluation. */
  store(part: EvaluationPart): StateStore {
    return {
      load: () => {
        const state = this.#states.get(part);
        this.#states.delete(part); // once: it is large
        return Promise.resolve(state?.checkpoint ?? null);
      },
      save: async (checkpoint) => {
        const { startedAt, resumedAt } = this;
        await writeState(`${this.path}/${FILES.states[part]}`, {
          configuration: this.#configuration,
          startedAt,
          resumedAt,
          checkpoint,
        });
        this.#saved = true;
      },
    };
  }

  /** Writes a file of results and returns its entry in the record. */
  async writeArtifact(name: string, { kind, bytes }: { kind: string; bytes: Uint8Array }): Promise<Artifact> {
    await writeFileAtomic(`${this.path}/${name}`, bytes);
    return { kind, path: name, sha256: sha256Hex(bytes) };
  }

  /** Writes the record. The evaluation is finished then, and its state is removed. */
  async finish(record: AttackRecord): Promise<void> {
    await writeFileAtomic(`${this.path}/${FILES.record}`, ATTACK_RECORD.write(record));
    await this.#removeStates();
  }

  /** Removes the files of an evaluation that could not start; keeps them if a state was saved. */
  async discard(): Promise<void> {
    if (this.resumedAt.length > 0 || this.#saved) return;
    await this.#removeStates();
  }

  /** Unlocks the folder; removes it if it was created here and is empty. */
  async close(): Promise<void> {
    await removeLockFile(this.#lock, `${this.path}/.lock`);
    this.#lock.close();
    if (this.#made) await Deno.remove(this.path).catch(() => {}); // not empty
  }

  async #open({ configuration, resume, now }: EvaluationFolderOptions): Promise<void> {
    const found: string[] = [];
    for (const name of NAMES) {
      const entry = await entryAt(`${this.path}/${name}`);
      if (entry === null) continue;
      if (!entry.isFile) {
        throw new UsageError(
          `Cannot evaluate in ${this.path}: ${name} is ${entryKind(entry)}, and must be a file\n` +
            "Hint: choose another folder with option outDir",
        );
      }
      found.push(name);
    }
    const names = new Set(found);
    if (!resume && found.length > 0) {
      throw new UsageError(
        `Cannot start an evaluation in ${this.path}: the folder holds ${
          found.join(", ")
        } already, and evaluations ` +
          "are never overwritten\nHint: add option resume to continue it, or choose another folder with option outDir",
      );
    }
    if (names.has(FILES.record)) {
      this.finished = await this.#readFinished(configuration);
      if (this.finished !== null) return await this.#removeStates(); // of a process killed right after the record
    } else if (found.length > 0 && !names.has(FILES.states.asked)) {
      throw new UsageError(
        `Cannot resume the evaluation in ${this.path}: it holds ${
          found.join(", ")
        } and no ${FILES.states.asked}\n` +
          "Hint: choose another folder with option outDir",
      );
    }
    await this.#loadStates(configuration, names);
    if (this.#states.has("asked")) this.resumedAt = [...this.resumedAt, now.toISOString()];
    if (found.length > 0) await this.#removeUnfinished();
    // The configuration is saved at once, so no other evaluation can resume from here.
    const { startedAt, resumedAt } = this;
    const checkpoint = this.#states.get("asked")?.checkpoint ?? null;
    const state = { configuration, startedAt, resumedAt, checkpoint };
    await writeState(`${this.path}/${FILES.states.asked}`, state);
  }

  async #loadStates(configuration: AttackConfiguration, names: ReadonlySet<string>): Promise<void> {
    for (const part of PARTS) {
      const name = FILES.states[part];
      if (!names.has(name)) continue;
      const state = await readState(`${this.path}/${name}`).catch((error: Error) => error);
      if (state instanceof Error) {
        await this.#setAside(name, state.message);
        continue;
      }
      checkSame(`${this.path}/${name}`, { found: state.configuration, expected: configuration });
      this.#states.set(part, state);
      if (part === "asked") ({ startedAt: this.startedAt, resumedAt: this.resumedAt } = state);
    }
  }

  /** The record of a finished evaluation; null if it is damaged. */
  async #readFinished(configuration: AttackConfiguration): Promise<AttackRecord | null> {
    const path = `${this.path}/${FILES.record}`;
    let found: ReadResult<AttackRecord>;
    try {
      found = ATTACK_RECORD.read(await readText(path));
    } catch (error) {
      found = { fault: reasonOf(error), later: false };
    }
    if ("value" in found) {
      checkSame(path, { found: found.value.configuration, expected: configuration });
      return found.value;
    }
    if (found.later) {
      throw new UsageError(
        `Cannot resume the evaluation in ${this.path}: ${FILES.record} cannot be used, ${found.fault}\n` +
          "Hint: use the version of this program that wrote it, or choose another folder with option outDir",
      );
    }
    await this.#setAside(FILES.record, found.fault);
    return null;
  }

  /** Moves a damaged file aside and logs why; refuses a file of another program and leaves it. */
  async #setAside(name: string, reason: string): Promise<void> {
    const path = `${this.path}/${name}`;
    if (!await isOurs(path)) {
      throw new UsageError(
        `Cannot resume the evaluation in ${this.path}: ${name} cannot be used, ${reason}\n` +
          "Hint: the file is unchanged; start in another folder with option outDir",
      );
    }
    await Deno.rename(path, `${path}.corrupt`);
    this.#note(`${path} cannot be used and is now ${name}.corrupt, the evaluation restarts: ${reason}`);
  }

  /** Removes temporary files of a killed process. */
  async #removeUnfinished(): Promise<void> {
    for await (const { name, isFile } of Deno.readDir(this.path)) {
      const of = temporaryOf(name);
      if (isFile && of !== null && NAMES.includes(of)) {
        await Deno.remove(`${this.path}/${name}`).catch(() => {});
      }
    }
  }

  async #removeStates(): Promise<void> {
    for (const name of Object.values(FILES.states)) await Deno.remove(`${this.path}/${name}`).catch(() => {});
  }
}

/** Whether this program wrote a file, damaged or not: its start names the program. */
async function isOurs(path: string): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
  return new TextDecoder("latin1").decode(bytes.subarray(0, 1 << 16)).includes("realfeatures");
}

/** @throws {UsageError} If the configurations differ; the message names every field. */
function checkSame(
  path: string,
  { found, expected }: { found: unknown; expected: AttackConfiguration },
): void {
  const unlike = differences("", { found: found ?? {}, expected: JSON.parse(JSON.stringify(expected)) });
  if (unlike.length === 0) return;
  throw new UsageError(
    `Cannot resume the evaluation of ${path}: it is another evaluation, ${unlike.join("; ")}\n` +
      "Hint: resume it with the weights, data, options, code and adapter it began with, or choose another option outDir",
  );
}

async function openLock(path: string): Promise<Deno.FsFile> {
  let file: Deno.FsFile;
  try {
    await Deno.mkdir(path, { recursive: true });
    file = await openLockFile(`${path}/.lock`);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(
      `Cannot write to the folder ${path}: ${
        (cause as Error).message
      }\nHint: choose another folder with option outDir`,
      { exitCode: EXIT.failed, cause },
    );
  }
  if (await file.tryLock(true).catch(() => true)) return file; // file systems without locks let everybody in
  file.close();
  throw new UsageError(`Cannot evaluate in ${path}: another process uses it`);
}
