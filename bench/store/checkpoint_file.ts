/** Where a training cell keeps its state while it runs, so that a stopped run loses little. */
import { type Json, loadCheckpoint } from "../../engine/checkpoint.ts";

/** What the host knows of the finished epochs of a training; entry 0 is the first epoch. */
export interface TrainingHistory {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Training accuracy of the last epoch; null where the paradigm predicts no labels. */
  readonly accuracy: number | null;
  /** Time spent training so far, in all pieces of the run. */
  readonly elapsedMs: number;
  /** Whatever else the cell needs to go on, e.g. the curve of an online probe. */
  readonly more?: Json;
}

/** A cell's checkpoint, as the cell sees it. */
export interface CellCheckpoint {
  /** The file: `checkpoints/<cell>.safetensors` of the run folder. */
  readonly path: string;
  /** The history in the file; null where there is none, or none that can be read (a note says so). */
  load(): Promise<TrainingHistory | null>;
  /**
   * Saves at the end of an epoch, unless the last time is too short ago.
   *
   * @param write Writes the device's state and the notes to the path, atomically, as `saveCheckpoint` does, the notes
   * under the key `notes` of its state.
   */
  save(history: TrainingHistory, write: WriteCheckpoint): Promise<void>;
}

/** Writes a checkpoint with notes: `trainer.save`. */
export type WriteCheckpoint = (path: string, notes: Json) => Promise<void>;

/** Milliseconds between two checkpoints of a cell. */
export const CHECKPOINT_PAUSE = 30_000;

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
  #earlierMs = 0;

  /** The clock starts here: make it when the cell starts. */
  constructor(path: string, options: CheckpointFileOptions) {
    const { pauseMs = CHECKPOINT_PAUSE, now = () => performance.now(), note } = options;
    this.path = path;
    this.#pauseMs = pauseMs;
    this.#now = now;
    this.#note = note;
    this.#startedAt = this.#savedAt = now();
  }

  /** Time that the cell had taken up to the checkpoint it went on from, in all earlier pieces of the run. */
  get earlierMs(): number {
    return this.#earlierMs;
  }

  async load(): Promise<TrainingHistory | null> {
    try {
      const { state } = await loadCheckpoint(this.path);
      const { spentMs, ...history } = parseNotes((state as { notes?: unknown } | null)?.notes);
      this.#earlierMs = spentMs;
      return history;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      const reason = error instanceof Error ? error.message : String(error);
      this.#note(`The training starts anew, its checkpoint cannot be used: ${reason}`);
      return null;
    }
  }

  async save(history: TrainingHistory, write: WriteCheckpoint): Promise<void> {
    if (this.#now() - this.#savedAt < this.#pauseMs) return;
    await Deno.mkdir(this.path.replace(/[^/]+$/, ""), { recursive: true });
    const spentMs = this.#earlierMs + this.#now() - this.#startedAt;
    await write(this.path, { ...history, spentMs } as unknown as Json);
    this.#savedAt = this.#now();
  }
}

/** What the file holds: the history, and how long the cell had taken. */
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
