import type { CellDescription } from "../plan/cell.ts";
import type { Lease, Leases } from "../store/leases.ts";
import { byUrgency } from "../plan/urgency.ts";
import type { CellInput, CellPool } from "../jobs/pool.ts";
import type { Progress } from "./progress.ts";
import { buildRecord, NO_OUTCOME, type RunFacts } from "../record/record.ts";
import { runCell } from "./run_cell.ts";
import type { RunFolder } from "../store/run_folder.ts";
import type { CellRecord } from "../records/mod.ts";

/** What the cells of a run share. */
export interface CellsRun {
  readonly folder: RunFolder;
  /** Keeps processes apart that work in the same folder. */
  readonly leases: Leases;
  /** Where they run. It is closed in the end, however that comes. */
  readonly pool: CellPool;
  readonly facts: RunFacts;
  readonly quick: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Milliseconds from any fixed point, which never go back. */
  readonly clock: () => number;
  /** Records of cells that need not run, by name; default: none. */
  readonly kept?: ReadonlyMap<string, CellRecord>;
  /** The record of a cell that another process has finished; null where there is none that counts. */
  readonly finished: (cell: CellDescription) => Promise<CellRecord | null>;
  /** Called after each record that is written. */
  readonly onRecord?: () => Promise<void>;
}

/** Milliseconds between two polls of other processes. */
const PAUSE = 200;

/**
 * Runs cells, as many at once as the pool takes, each as soon as its inputs are finished: in order where it takes one,
 * else the most urgent first. A cell that another process works on is left to that one, and its record is read once it
 * is there. Each record is written as its cell finishes. A cell that throws is recorded as failed, those that need it as
 * skipped. Kept cells do not run, unless a cell that does needs what they made and their files are broken. Fewer records
 * than cells come back if the signal was aborted.
 *
 * @returns Records in the order of the cells, kept ones included.
 * @throws {DiskFullError} If the disk is full; what is finished stays.
 */
export async function runCells(cells: readonly CellDescription[], context: CellsRun): Promise<CellRecord[]> {
  const { pool, folder, leases } = context;
  const schedule = new Schedule(cells, context);
  try {
    await schedule.run();
  } finally {
    await pool.close();
    await schedule.settled();
    leases.close();
    await folder.removeCheckpointFolder();
  }
  return cells.flatMap(({ name }) => schedule.records.get(name) ?? []);
}

/** How far a run is. */
class Schedule {
  /** Of cells that need not run any more, whatever became of them. */
  readonly records: Map<string, CellRecord>;
  readonly #cells: readonly CellDescription[];
  readonly #order: readonly CellDescription[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #context: CellsRun;
  readonly #running = new Map<string, Promise<void>>();
  /** Cells that this process has finished: what they left must be readable. */
  readonly #fresh = new Set<string>();
  /** How many cells of the plan are past being shown as kept. */
  #passed = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(cells: readonly CellDescription[], context: CellsRun) {
    this.#cells = cells;
    this.#context = context;
    this.#order = context.pool.jobs === 1 ? cells : byUrgency(cells);
    this.#places = new Map(cells.map(({ name }, index) => [name, index]));
    this.records = new Map(context.kept);
  }

  /** Runs all cells that can run, until none is left or the run is aborted. */
  async run(): Promise<void> {
    const { pool, signal } = this.#context;
    for (;;) {
      let elsewhere = false;
      while (!signal.aborted && this.#running.size < pool.jobs) {
        const next = await this.#acquireNext();
        if (next === "elsewhere") elsewhere = true;
        if (typeof next === "string") break;
        const { cell } = next.acquired;
        this.#showKept(this.#places.get(cell.name)!);
        const work = this.#produce(cell, next.acquired.lease).finally(() => this.#running.delete(cell.name));
        this.#running.set(cell.name, work);
      }
      if (signal.aborted && this.#running.size === 0) return;
      if (this.#running.size === 0 && !elsewhere) break;
      await this.#wait(elsewhere);
    }
    if (!signal.aborted) this.#showKept(this.#cells.length);
  }

  /** Resolves when nothing runs any more, also where something went wrong. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  /** Waits until a cell ends here, or for a moment where others may end elsewhere. */
  async #wait(elsewhere: boolean): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pause = elsewhere ? [new Promise<void>((done) => timer = setTimeout(done, PAUSE))] : [];
    await Promise.race([...this.#running.values(), ...pause]);
    clearTimeout(timer);
  }

  /**
   * Leases the first cell that can run.
   *
   * @returns "none" where none can, "elsewhere" where those that can are other processes'.
   */
  async #acquireNext(): Promise<
    { acquired: { cell: CellDescription; lease: Lease } } | "none" | "elsewhere"
  > {
    const { leases, finished } = this.#context;
    for (let found = true; found;) {
      found = false;
      let elsewhere = false;
      for (const cell of this.#order) {
        if (!this.#isReady(cell)) continue;
        const lease = await leases.take(cell.name);
        // Another process writes its record before it lets the cell go.
        const record = await finished(cell);
        if (record !== null) {
          await lease?.release();
          this.#adopt(cell, record);
          found = true; // others may have become ready, also earlier ones
        } else if (lease !== null) return { acquired: { cell, lease } };
        else elsewhere = true;
      }
      if (elsewhere && !found) return "elsewhere";
    }
    return "none";
  }

  #isReady(cell: CellDescription): boolean {
    return !this.records.has(cell.name) && !this.#running.has(cell.name) &&
      cell.inputs.every((name) => this.records.has(name));
  }

  /** Takes what another process has finished. */
  #adopt(cell: CellDescription, record: CellRecord): void {
    this.records.set(cell.name, record);
    this.#context.progress.keep(this.#placeOf(cell), record);
  }

  #placeOf({ name }: CellDescription): { name: string; index: number; count: number } {
    return { name, index: this.#places.get(name)!, count: this.#cells.length };
  }

  /** Runs a cell, or skips it, and writes its record. */
  async #produce(cell: CellDescription, lease: Lease): Promise<void> {
    try {
      const record = await this.#recordOf(cell);
      if (record === null) return;
      if (await lease.held()) return await this.#keep(record);
      this.#context.progress.note(
        `${cell.name}: another process took it over meanwhile, what was computed here is left`,
      );
    } finally {
      await lease.release();
    }
  }

  /** The record of a cell that ran or cannot; null where it was stopped or has to wait for an input. */
  async #recordOf(cell: CellDescription): Promise<CellRecord | null> {
    const { progress, facts, now } = this.#context;
    const place = this.#placeOf(cell);
    const reason = this.#missingInput(cell);
    if (reason !== null) {
      progress.start(place);
      const end = {
        startedAt: now(),
        durationMs: 0,
        status: "skipped",
        reason,
        outcome: NO_OUTCOME,
      } as const;
      return buildRecord(cell, end, facts);
    }
    const inputs = cell.inputs.map((name): CellInput => ({
      cell: this.#cells[this.#places.get(name)!],
      record: this.records.get(name)!,
    }));
    const result = await runCell(cell, {
      ...this.#context,
      inputs,
      needed: this.#needed(),
      onStart: () => progress.start(place),
      isFresh: (input) => this.#fresh.has(input),
    });
    if ("record" in result) return result.record;
    if (!("unreadable" in result)) return null;
    progress.note(`${result.unreadable} runs again: ${result.reason}`);
    await this.#context.folder.setAside(result.unreadable, "stale");
    this.records.delete(result.unreadable);
    return null;
  }

  /** Writes a record; one after the other. */
  #keep(record: CellRecord): Promise<void> {
    const { folder, progress, onRecord } = this.#context;
    const write = async () => {
      await folder.writeRecord(record);
      await folder.removeCheckpoints([record.cell]);
      this.records.set(record.cell, record);
      this.#fresh.add(record.cell);
      progress.finish(record);
      await onRecord?.();
    };
    return this.#writing = this.#writing.then(write);
  }

  /** Why a cell cannot run, or null. */
  #missingInput(cell: CellDescription): string | null {
    for (const input of cell.inputs) {
      const status = this.records.get(input)?.status;
      if (status === "failed" || status === "skipped") {
        return `its input ${input} ${status === "failed" ? "failed" : "was skipped"}`;
      }
    }
    return null;
  }

  /** Cells whose outputs an unfinished cell asks for. */
  #needed(): Set<string> {
    return new Set(this.#cells.filter(({ name }) => !this.records.has(name)).flatMap(({ inputs }) => inputs));
  }

  #showKept(end: number): void {
    const { kept, progress } = this.#context;
    for (; this.#passed < end; this.#passed++) {
      const { name } = this.#cells[this.#passed], record = kept?.get(name);
      if (record !== undefined) {
        progress.keep({ name, index: this.#passed, count: this.#cells.length }, record);
      }
    }
  }
}
