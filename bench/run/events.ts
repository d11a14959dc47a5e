/** What happens in a run, as plain data: for programs, where `progress.ts` is for people. */
import type { CellProgress } from "../plan/cell.ts";
import type { Progress } from "./progress.ts";
import type { RunResult } from "./run.ts";
import type { CellRecord } from "../records/mod.ts";

/** Where a cell stands in the plan. */
interface Place {
  /** The cell's name. */
  readonly cell: string;
  /** From 0. */
  readonly index: number;
  /** How many cells the run has. */
  readonly count: number;
}

/** An event of a run. More kinds and fields may be added; those that are there keep their meaning. */
export type RunEvent =
  /** The first: the cells of the run in their order, with what each roughly costs in any unit. */
  | {
    readonly event: "planned";
    readonly cells: readonly string[];
    readonly costs: readonly number[];
    readonly jobs: number;
  }
  | { readonly event: "started" } & Place
  /** How far a running cell is. */
  | { readonly event: "progress"; readonly cell: string } & CellProgress
  /** A cell ended and its record is written, whatever came of it. */
  | { readonly event: "finished"; readonly record: CellRecord } & Place
  /** A cell need not run: it was finished before, reused, or another process has finished it. */
  | { readonly event: "kept"; readonly record: CellRecord } & Place
  /** A warning or another text for people. */
  | { readonly event: "note"; readonly text: string }
  /** The last. */
  | { readonly event: "ended"; readonly result: RunResult };

/** Tells what happens in a run as events. */
export function eventProgress(tell: (event: RunEvent) => void): Progress {
  const places = new Map<string, Place>();
  let last = "", cells: readonly string[] = [];
  const placeOf = (name: string): Place =>
    places.get(name) ?? { cell: name, index: cells.indexOf(name), count: cells.length };
  return {
    begin(plan) {
      cells = plan.cells.map(({ name }) => name);
      tell({ event: "planned", cells, costs: plan.cells.map(({ cost }) => cost), jobs: plan.jobs });
    },
    start({ name, index, count }) {
      const place = { cell: last = name, index, count };
      places.set(name, place);
      tell({ event: "started", ...place });
    },
    update: (update, cell = last) => tell({ event: "progress", cell, ...update }),
    finish: (record) => tell({ event: "finished", ...placeOf(record.cell), record }),
    keep: ({ name, index, count }, record) => tell({ event: "kept", cell: name, index, count, record }),
    note: (text) => tell({ event: "note", text }),
  };
}

/** Shows an event to people. */
export function showEvent(event: RunEvent, progress: Progress): void {
  switch (event.event) {
    case "planned":
      return progress.begin?.({
        cells: event.cells.map((name, i) => ({ name, cost: event.costs[i] })),
        jobs: event.jobs,
      });
    case "started":
      return progress.start({ name: event.cell, index: event.index, count: event.count });
    case "progress": {
      const { event: _, cell, ...update } = event;
      return progress.update(update, cell);
    }
    case "finished":
      return progress.finish(event.record);
    case "kept":
      return progress.keep({ name: event.cell, index: event.index, count: event.count }, event.record);
    case "note":
      return progress.note(event.text);
  }
}
