/** What happens in a run, as plain data: for programs, where `progress.ts` is for people. */
import type { CellProgress } from "../plan/cell.ts";
import type { Progress } from "./progress.ts";
import type { RunResult } from "./run.ts";
import type { CellRecord } from "../schema.ts";

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
  /** The first: which cells the run has, in their order. */
  | { readonly event: "planned"; readonly cells: readonly string[]; readonly jobs: number }
  | { readonly event: "started" } & Place
  /** How far a running cell is. */
  | { readonly event: "progress"; readonly cell: string } & CellProgress
  /** A cell ended and its record is written, whatever came of it. */
  | { readonly event: "finished"; readonly record: CellRecord } & Place
  /** A cell need not run: it was finished before, taken over, or another process has finished it. */
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
      tell({ event: "planned", cells, jobs: plan.jobs });
    },
    start({ name, index, count }) {
      const place = { cell: last = name, index, count };
      places.set(name, place);
      tell({ event: "started", ...place });
    },
    update: (update, cell = last) => tell({ event: "progress", cell, ...update }),
    finish: (record) => tell({ event: "finished", ...placeOf(record.benchmark), record }),
    keep: ({ name, index, count }, record) => tell({ event: "kept", cell: name, index, count, record }),
    note: (text) => tell({ event: "note", text }),
  };
}

/** Tells two listeners. */
export function both(a: Progress, b: Progress): Progress {
  return {
    begin: (plan) => (a.begin?.(plan), b.begin?.(plan)),
    start: (place) => (a.start(place), b.start(place)),
    update: (update, cell) => (a.update(update, cell), b.update(update, cell)),
    finish: (record) => (a.finish(record), b.finish(record)),
    keep: (place, record) => (a.keep(place, record), b.keep(place, record)),
    note: (text) => (a.note(text), b.note(text)),
  };
}
