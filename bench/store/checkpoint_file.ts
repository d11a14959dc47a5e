/** Where a cell keeps its state while it runs, so that a stopped run loses little. */
import { basename, dirname } from "node:path";
import { type Checkpoint, type Json, loadCheckpoint, saveCheckpoint } from "../../engine/files/checkpoint.ts";
import { plainPath } from "./plain_path.ts";

/** What the host knows of the finished epochs of a training; entry 0 is the first epoch. */
export interface TrainingHistory {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Training accuracy of the last epoch; null where the paradigm predicts no labels. */
  readonly accuracy: number | null;
  /** Time spent training so far, in all pieces of the run. */
  readonly elapsedMs: number;
  /** Other state that the cell continues from, e.g. the curve of an online probe. */
  readonly more?: Json;
}

/** A cell's checkpoint, as the cell sees it. */
export interface CellCheckpoint {
  /** The file: `checkpoints/<cell>.safetensors` of the run folder. */
  readonly path: string;
  /** The history in the file; null where there is none, or none that can be read (a note says so). */
  load(): Promise<TrainingHistory | null>;
  /**
   * Saves a training, unless the last time is too short ago.
   *
   * @param write Writes the device's state and the notes to the path, atomically, as `saveCheckpoint` does, the notes
   * under the key `notes` of its state.
   */
  save(history: TrainingHistory, write: WriteCheckpoint, options?: { now?: boolean }): Promise<void>;
  /** Seconds between two saves, so that a caller can skip building a state that would not be saved. */
  readonly pauseSeconds: number;
  /**
   * What {@linkcode CellCheckpoint.saveState} saved, as `unpack` understands it; null where there is none. A file that
   * is broken, or that `unpack` throws at, is set aside.
   */
  loadState<T>(unpack: (kept: Checkpoint) => T): Promise<T | null>;
  /**
   * Saves the state of a cell that trains nothing, unless the last time is too short ago.
   *
   * @param make Called where it is time, or by {@linkcode CellCheckpoint.saveLast}: the state as it is now, whenever it
   * is called before the next one is given. What it gives back is not changed before this resolves.
   */
  saveState(make: () => Checkpoint, options?: { now?: boolean }): Promise<void>;
  /** Saves the last state for which it was not time. */
  saveLast(): Promise<void>;
  /** Puts a file that cannot be gone on from out of the way, and says so. */
  setAside(reason: string): Promise<void>;
}

/** For cells that are never resumed. */
export const NO_CHECKPOINT: CellCheckpoint = {
  path: "",
  pauseSeconds: Infinity,
  load: () => Promise.resolve(null),
  save: () => Promise.resolve(),
  loadState: () => Promise.resolve(null),
  saveState: () => Promise.resolve(),
  saveLast: () => Promise.resolve(),
  setAside: () => Promise.resolve(),
};

/** Writes a checkpoint with notes: `trainer.save`. */
export type WriteCheckpoint = (path: string, notes: Json) => Promise<void>;

/** Milliseconds between two checkpoints of a cell. */
export const CHECKPOINT_PAUSE = 30_000;

/** How much longer a pause is, at least, than the last saving took: large states are saved less often... */
const PATIENCE = 20;
/** Maximum pause, in usual pauses. */
const LONGEST_PAUSE = 10;

/** How a checkpoint file is kept. */
export interface CheckpointFileOptions {
  /** Default: {@linkcode CHECKPOINT_PAUSE}. */
  readonly pauseMs?: number;
  /** Milliseconds from any fixed point; default: `performance.now`. */
  readonly now?: () => number;
  /** Told why a file that is there cannot be used. */
  readonly note: (text: string) => void;
}

/** One cell's checkpoint file. Its folder is made when it is first needed. */
export class CheckpointFile implements CellCheckpoint {
  readonly path: string;
  readonly #pauseMs: number;
  readonly #now: () => number;
  readonly #note: (text: string) => void;
  readonly #startedAt: number;
  #savedAt: number;
  #tookMs = 0;
  #earlierMs = 0;
  #last: (() => Checkpoint) | null = null;

  /** The clock starts here: make it when the cell starts. */
  constructor(path: string, options: CheckpointFileOptions) {
    const { pauseMs = CHECKPOINT_PAUSE, now = () => performance.now(), note } = options;
    this.path = path;
    this.#pauseMs = pauseMs;
    this.#now = now;
    this.#note = note;
    this.#startedAt = this.#savedAt = now();
  }

  /** Time that the cell spent before the checkpoint it resumed from, in all earlier pieces of the run. */
  get earlierMs(): number {
    return this.#earlierMs;
  }

  get pauseSeconds(): number {
    return this.#pauseMs / 1000;
  }

  load(): Promise<TrainingHistory | null> {
    return this.#read(({ state }) => {
      const { spentMs, ...history } = parseNotes((state as { notes?: unknown } | null)?.notes);
      return { spentMs, kept: history };
    });
  }

  loadState<T>(unpack: (kept: Checkpoint) => T): Promise<T | null> {
    return this.#read(({ tensors, state }) => {
      const { content, spentMs } = (state ?? {}) as Partial<StateJson>;
      if (content === undefined || typeof spentMs !== "number") {
        throw new SyntaxError("Cannot read checkpoint: it holds no state of such a cell");
      }
      return { spentMs, kept: unpack({ tensors, state: content }) };
    });
  }

  async save(history: TrainingHistory, write: WriteCheckpoint, { now = false } = {}): Promise<void> {
    if (now || this.#isDue()) {
      await this.#write((spentMs) => write(this.path, { ...history, spentMs } as unknown as Json));
    }
  }

  async saveState(make: () => Checkpoint, { now = false } = {}): Promise<void> {
    this.#last = make;
    if (now || this.#isDue()) await this.saveLast();
  }

  async saveLast(): Promise<void> {
    const make = this.#last;
    if (make === null) return;
    await this.#write((spentMs) => {
      const { tensors, state: content } = make();
      return saveCheckpoint(this.path, { tensors, state: { spentMs, content } });
    });
    this.#last = null;
  }

  async setAside(reason: string): Promise<void> {
    this.#earlierMs = 0;
    const aside = `${this.path}.corrupt`;
    await Deno.rename(this.path, aside).catch(() => {}); // the next one replaces it all the same
    this.#note(`It restarts: its checkpoint cannot be used and is now ${aside}: ${reason}`);
  }

  async #read<T>(parse: (checkpoint: Checkpoint) => { spentMs: number; kept: T }): Promise<T | null> {
    try {
      const { spentMs, kept } = parse(await loadCheckpoint(this.path));
      this.#earlierMs = spentMs;
      return kept;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      await this.setAside(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #isDue(): boolean {
    const pause = Math.min(LONGEST_PAUSE * this.#pauseMs, PATIENCE * this.#tookMs);
    return this.#now() - this.#savedAt >= Math.max(this.#pauseMs, pause);
  }

  async #write(write: (spentMs: number) => Promise<void>): Promise<void> {
    const startedAt = this.#now();
    const folder = dirname(this.path);
    await Deno.mkdir(await plainPath(dirname(folder), basename(folder)), { recursive: true });
    await write(this.#earlierMs + startedAt - this.#startedAt);
    this.#savedAt = this.#now();
    this.#tookMs = this.#savedAt - startedAt;
  }
}

/** Everything but tensors in the file of a cell that trains nothing. */
interface StateJson {
  readonly content: Json;
  readonly spentMs: number;
}

/** The content of the file: the history, and the time that the cell had spent. */
type Notes = TrainingHistory & { readonly spentMs: number };

/** @throws {SyntaxError} If it is anything else. */
function parseNotes(value: unknown): Notes {
  const { losses, accuracy, elapsedMs, spentMs } = (value ?? {}) as Partial<Notes>;
  if (
    !Array.isArray(losses) || ![...losses, elapsedMs, spentMs].every(Number.isFinite) ||
    !(accuracy === null || Number.isFinite(accuracy))
  ) {
    throw new SyntaxError("Cannot read checkpoint: it holds no history of a training");
  }
  return value as Notes;
}
