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
import { makespan } from "./jobs/urgency.ts";
import { formatTable } from "./table.ts";

/** A plan with its costs. */
export interface Plan {
  readonly preset: string;
  readonly cells: readonly CellEstimate[];
  /** Summed over the cells. */
  readonly flops: number;
  /** One cell at a time. */
  readonly durationMs: number;
  /** How many cells `bench` would run at once. */
  readonly jobs: number;
  /** The same time with so many at once, if they do not slow each other down; at least the longest chain of cells. */
  readonly elapsedMs: number;
  /** The largest of the cells'. */
  readonly peakBytes: number;
}

/** A workbench that can rehearse a cell. */
export type RehearsingWorkbench = Pick<Workbench, "rehearse">;

/**
 * Rehearses one cell of each kind and estimates them all.
 *
 * @param onCell Called before each rehearsal.
 */
export async function makePlan(
  { preset, cells, jobs = 1 }: { preset: string; cells: readonly CellDescription[]; jobs?: number },
  { workbench, onCell, signal }: {
    workbench: RehearsingWorkbench;
    onCell: (cell: CellDescription) => void;
    signal: AbortSignal;
  },
): Promise<Plan> {
  const counts = setCounts(cells);
  const rehearsals = new Map<string, Rehearsal>();
  const estimates: CellEstimate[] = [];
  for (const cell of cells) {
    const key = rehearsalKey(cell);
    let rehearsal = rehearsals.get(key);
    const first = rehearsal === undefined;
    if (rehearsal === undefined) {
      signal.throwIfAborted();
      onCell(cell);
      rehearsals.set(key, rehearsal = await workbench.rehearse(cell, signal));
    }
    const { name } = cell;
    estimates.push(estimateCell({ name, first, units: unitsOf(cell, counts) }, rehearsal));
  }
  const durations = new Map(estimates.map(({ name, durationMs }) => [name, durationMs]));
  const costOf = ({ name }: CellDescription) => durations.get(name)!;
  const sum = (of: (estimate: CellEstimate) => number) => estimates.reduce((total, e) => total + of(e), 0);
  return {
    preset,
    cells: estimates,
    flops: sum(({ flops }) => flops),
    durationMs: sum(({ durationMs }) => durationMs),
    jobs,
    elapsedMs: makespan(cells, { jobs, costOf }),
    peakBytes: Math.max(0, ...estimates.map(({ peakBytes }) => peakBytes)),
  };
}

/** A plan as a table for people. */
export function formatPlan({ preset, cells, flops, durationMs, peakBytes, jobs, elapsedMs }: Plan): string {
  const right = (title: string) => ({ title, align: "right" as const });
  const row = (name: string, of: Pick<CellEstimate, "flops" | "peakBytes" | "durationMs">) => [
    name,
    (of.flops / 1e9).toFixed(1),
    (of.peakBytes / 2 ** 20).toFixed(1),
    formatSeconds(of.durationMs / 1000),
  ];
  const table = formatTable(
    [{ title: "cell" }, right("GFLOP"), right("peak MiB"), right("time")],
    [...cells.map((cell) => row(cell.name, cell)), row("all", { flops, peakBytes, durationMs })],
  );
  const together = jobs === 1
    ? ""
    : `\nOne cell at a time. With ${jobs} at once (--jobs): ${
      formatSeconds(elapsedMs / 1000)
    }, if they do not slow each ` +
      "other down.\n";
  return `Preset ${preset}: ${cells.length} cells. Estimated from a few steps of each kind on this ` +
    `adapter.\n\n${table}${together}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
