/** `bench plan`: what a preset would run and cost, before anything runs. */
import type { CellDescription, Workbench } from "./cell.ts";
import {
  type CellEstimate,
  estimateCell,
  type Rehearsal,
  rehearsalKey,
  setCounts,
  unitsOf,
} from "./estimate.ts";
import { makespan } from "./urgency.ts";
import { type PlannedCell, stateText } from "./plan_states.ts";
import { duration } from "../record/duration.ts";
import { formatTable } from "../terminal/table.ts";

/** A cell with its cost: of a finished one no work, and the time that it took. */
export type EstimatedCell = CellEstimate & Partial<PlannedCell>;

/** A plan with its costs. */
export interface Plan {
  readonly preset: string;
  readonly cells: readonly EstimatedCell[];
  /** Summed over the cells that have to run. */
  readonly flops: number;
  /** Likewise, one cell at a time. */
  readonly durationMs: number;
  /** How many cells `bench` would run at once. */
  readonly jobs: number;
  /** The same time with so many at once, if they do not slow each other down; at least the longest chain of cells. */
  readonly elapsedMs: number;
  /** The largest of the cells'. */
  readonly peakBytes: number;
}

/** Which of all rehearsals begins, from 1. */
export interface RehearsalProgress {
  readonly number: number;
  readonly total: number;
}

/** A workbench that can rehearse a cell. */
export type RehearsingWorkbench = Pick<Workbench, "rehearse">;

/**
 * Rehearses one cell of each kind that has to run and estimates them all.
 *
 * @param states What is there of each cell, in their order; default: nothing.
 * @param onCell Called before each rehearsal.
 * @param onRehearsed Called after it, with the time that it took.
 */
export async function makePlan(
  { preset, cells, states, jobs = 1 }: {
    preset: string;
    cells: readonly CellDescription[];
    states?: readonly PlannedCell[];
    jobs?: number;
  },
  { workbench, onCell, onRehearsed = () => {}, signal }: {
    workbench: RehearsingWorkbench;
    onCell: (cell: CellDescription, progress: RehearsalProgress) => void;
    onRehearsed?: (cell: CellDescription, durationMs: number) => void;
    signal: AbortSignal;
  },
): Promise<Plan> {
  const counts = setCounts(cells);
  const rehearsals = new Map<string, Rehearsal>();
  const toDo = cells.filter((_, i) => states?.[i].state !== "done").map(rehearsalKey);
  const total = new Set(toDo).size;
  const estimates: EstimatedCell[] = [];
  for (const [i, cell] of cells.entries()) {
    const planned = states?.[i];
    if (planned?.state === "done") {
      estimates.push({ ...planned, flops: 0, peakBytes: 0, durationMs: planned.tookMs ?? 0 });
      continue;
    }
    const key = rehearsalKey(cell);
    let rehearsal = rehearsals.get(key);
    const first = rehearsal === undefined;
    if (rehearsal === undefined) {
      signal.throwIfAborted();
      onCell(cell, { number: rehearsals.size + 1, total });
      const startedAt = performance.now();
      rehearsals.set(key, rehearsal = await workbench.rehearse(cell, signal));
      onRehearsed(cell, performance.now() - startedAt);
    }
    const { name } = cell;
    estimates.push({ ...planned, ...estimateCell({ name, first, units: unitsOf(cell, counts) }, rehearsal) });
  }
  const leftMs = ({ state, durationMs }: EstimatedCell) => state === "done" ? 0 : durationMs;
  const durations = new Map(estimates.map((estimate) => [estimate.name, leftMs(estimate)]));
  const costOf = ({ name }: CellDescription) => durations.get(name)!;
  const sum = (of: (estimate: CellEstimate) => number) => estimates.reduce((total, e) => total + of(e), 0);
  return {
    preset,
    cells: estimates,
    flops: sum(({ flops }) => flops),
    durationMs: sum(leftMs),
    jobs,
    elapsedMs: makespan(cells, { jobs, costOf }),
    peakBytes: Math.max(0, ...estimates.map(({ peakBytes }) => peakBytes)),
  };
}

/** What a tilde means. */
const EXTRAPOLATED =
  "\n~ is estimated from batches of 4 images, since those of the cell take long or much memory: the work of an " +
  "image is taken\nto be the same, which small batches make an upper bound of on most adapters.\n";

/** A plan as a table for people. */
export function formatPlan({ preset, cells, flops, durationMs, peakBytes, jobs, elapsedMs }: Plan): string {
  const right = (title: string) => ({ title, align: "right" as const });
  const known = cells.some(({ state }) => state !== undefined);
  const extrapolated = cells.some((cell) => cell.extrapolated);
  const row = (
    name: string,
    of: Pick<
      EstimatedCell,
      "flops" | "peakBytes" | "durationMs" | "state" | "why" | "reusedFrom" | "extrapolated"
    >,
  ) => [
    name,
    ...known ? [of.state === undefined ? "" : describeState(of)] : [],
    (of.flops / 1e9).toFixed(1),
    `${of.extrapolated ? "~" : ""}${(of.peakBytes / 2 ** 20).toFixed(1)}`,
    `${of.extrapolated ? "~" : ""}${duration(of.durationMs)}`,
  ];
  const table = formatTable(
    [
      { title: "cell" },
      ...known ? [{ title: "state" }] : [],
      right("GFLOP"),
      right("peak MiB"),
      right("time"),
    ],
    [
      ...cells.map((cell) => row(cell.name, cell)),
      row(known ? "all that have to run" : "all", { flops, peakBytes, durationMs, extrapolated }),
    ],
  );
  const together = jobs === 1
    ? ""
    : `\nOne cell at a time. With ${jobs} at once (--jobs): ${
      duration(elapsedMs)
    }, if they do not slow each ` +
      "other down.\n";
  return `Preset ${preset}: ${cells.length} cells. Estimated from a few steps of each kind on this ` +
    `adapter.\n\n${table}${together}${extrapolated ? EXTRAPOLATED : ""}`;
}

function describeState({ state, why = [], reusedFrom }: Partial<PlannedCell>): string {
  if (why.length === 0) return stateText({ state, reusedFrom });
  return `${state}: ${why[0]}${why.length === 1 ? "" : `; and ${why.length - 1} more`}`;
}
