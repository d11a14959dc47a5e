import type { CellDescription } from "./cell.ts";
import { byUrgency } from "./jobs/urgency.ts";
import type { CellInput, CellPool } from "./jobs/pool.ts";
import type { Progress } from "./progress.ts";
import { buildRecord, NO_OUTCOME, type RunFacts } from "./record.ts";
import { runCell } from "./run_cell.ts";
import type { RunFolder } from "./run_folder.ts";
import type { CellRecord } from "./schema.ts";

/** What the cells of a run share. */
export interface CellsRun {
  readonly folder: RunFolder;
  /** Where they run. It is closed in the end, however that comes. */
  readonly pool: CellPool;
  readonly facts: RunFacts;
  readonly quick: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Records of cells that need not run, by name; default: none. */
  readonly kept?: ReadonlyMap<string, CellRecord>;
  /** Called after each record that is written. */
  readonly onRecord?: () => Promise<void>;
}

/**
 * Runs cells, as many at once as the pool takes, each as soon as its inputs are finished: in order where it takes one,
 * else the most urgent first. Each record is written as its cell finishes. A cell that throws is recorded as failed,
 * those that need it as skipped. Kept cells do not run, unless a cell that does needs what they made and their files are
 * broken. Fewer records than cells come back if the signal was aborted.
 *
 * @returns Records in the order of the cells, kept ones included.
 */
export async function runCells(cells: readonly CellDescription[], context: CellsRun): Promise<CellRecord[]> {
  const { pool, folder } = context;
  const schedule = new Schedule(cells, context);
  try {
    await schedule.run();
  } finally {
    await pool.close();
    await schedule.settled();
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
    this.records = new Map(context.kept);
  }

  /** Runs all cells that can run, until none is left or the run is aborted. */
  async run(): Promise<void> {
    const { pool, signal } = this.#context;
    for (;;) {
      while (!signal.aborted && this.#running.size < pool.jobs) {
        const cell = this.#next();
        if (cell === undefined) break;
        this.#showKept(this.#cells.indexOf(cell));
        const work = this.#produce(cell).finally(() => this.#running.delete(cell.name));
        this.#running.set(cell.name, work);
      }
      if (this.#running.size === 0) break;
      await Promise.race(this.#running.values());
    }
    if (!signal.aborted) this.#showKept(this.#cells.length);
  }

  /** Resolves when nothing runs any more, also where something went wrong. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  #next(): CellDescription | undefined {
    const open = ({ name }: CellDescription) => !this.records.has(name) && !this.#running.has(name);
    return this.#order.find((cell) => open(cell) && cell.inputs.every((name) => this.records.has(name)));
  }

  /** Runs a cell, or skips it, and writes its record. */
  async #produce(cell: CellDescription): Promise<void> {
    const { progress, facts, now } = this.#context;
    const place = { name: cell.name, index: this.#cells.indexOf(cell), count: this.#cells.length };
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
      return await this.#keep(await buildRecord(cell, end, facts));
    }
    const inputs = this.#cells.filter(({ name }) => cell.inputs.includes(name)).map((input): CellInput => ({
      cell: input,
      record: this.records.get(input.name)!,
    }));
    const result = await runCell(cell, {
      ...this.#context,
      inputs,
      needed: this.#needed(),
      onStart: () => progress.start(place),
      isFresh: (input) => this.#fresh.has(input),
    });
    if ("record" in result) return await this.#keep(result.record);
    if (!("unreadable" in result)) return;
    progress.note(`${result.unreadable} runs again: ${result.reason}`);
    this.records.delete(result.unreadable);
  }

  /** Writes a record; one after the other. */
  #keep(record: CellRecord): Promise<void> {
    const { folder, progress, onRecord } = this.#context;
    const write = async () => {
      await folder.writeRecord(record);
      await folder.removeCheckpoint(record.benchmark);
      this.records.set(record.benchmark, record);
      this.#fresh.add(record.benchmark);
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
