/** `bench plan`: what a preset would run and cost, before anything runs. */
import type { CellDescription, Workbench } from "./cell.ts";
import { type CellEstimate, estimateCell, type Profile, profileKey, setCounts, unitsOf } from "./estimate.ts";
import { makespan } from "./urgency.ts";
import { type PlannedCell, stateText } from "./plan_states.ts";
import { duration } from "../../common/duration.ts";
import { formatTable } from "../terminal/table.ts";

/** A cell with its cost: of a finished one no work, and the time that it took; of an unknown one zeros. */
export type EstimatedCell = CellEstimate & Partial<PlannedCell> & {
  /** Whether there was no time left to profile it. Default: false. */
  readonly unknown?: boolean;
};

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
  /** The same time with `jobs` cells at once, if they do not slow each other down; at least the longest chain of cells. */
  readonly elapsedMs: number;
  /** The largest of the cells'. */
  readonly peakBytes: number;
}

/** Which of all profiles begins, from 1. */
export interface ProfilingProgress {
  readonly number: number;
  readonly total: number;
}

/** A workbench that can profile a cell. */
export type ProfilingWorkbench = Pick<Workbench, "profile">;

/** How long the profiles of a plan may take in all. */
export const PROFILE_LIMIT_MS = 300_000;

/**
 * Profiles one cell of each kind that has to run and estimates them all. Kinds that the time does not suffice for stay
 * unknown.
 *
 * @param states What is there of each cell, in their order; default: nothing.
 * @param onCell Called before each profile.
 * @param onProfiled Called after it, with the time that it took.
 */
export async function makePlan(
  { preset, cells, states, jobs = 1, limitMs = PROFILE_LIMIT_MS }: {
    preset: string;
    cells: readonly CellDescription[];
    states?: readonly PlannedCell[];
    jobs?: number;
    limitMs?: number;
  },
  { workbench, onCell, onProfiled = () => {}, signal }: {
    workbench: ProfilingWorkbench;
    onCell: (cell: CellDescription, progress: ProfilingProgress) => void;
    onProfiled?: (cell: CellDescription, durationMs: number) => void;
    signal: AbortSignal;
  },
): Promise<Plan> {
  const counts = setCounts(cells);
  const profiles = new Map<string, Profile | null>(), beganAt = performance.now();
  const toDo = cells.filter((_, i) => states?.[i].state !== "done").map(profileKey);
  const total = new Set(toDo).size;
  const estimates: EstimatedCell[] = [];
  for (const [i, cell] of cells.entries()) {
    const planned = states?.[i];
    if (planned?.state === "done") {
      estimates.push({ ...planned, flops: 0, peakBytes: 0, durationMs: planned.tookMs ?? 0 });
      continue;
    }
    const key = profileKey(cell), first = !profiles.has(key);
    if (first) {
      signal.throwIfAborted();
      const startedAt = performance.now(), leftMs = limitMs - (startedAt - beganAt);
      if (leftMs > 0) onCell(cell, { number: profiles.size + 1, total });
      const found = leftMs > 0 ? await profileWithin(leftMs, { workbench, cell, signal }) : null;
      profiles.set(key, found);
      if (found !== null) onProfiled(cell, performance.now() - startedAt);
    }
    const { name } = cell, profile = profiles.get(key) ?? null;
    estimates.push({
      ...planned,
      ...profile === null
        ? { name, flops: 0, peakBytes: 0, durationMs: 0, unknown: true }
        : estimateCell({ name, first, units: unitsOf(cell, counts) }, profile),
    });
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

/** Profiles a cell; null where that takes longer than it may. */
async function profileWithin(
  limitMs: number,
  { workbench, cell, signal }: { workbench: ProfilingWorkbench; cell: CellDescription; signal: AbortSignal },
): Promise<Profile | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  try {
    return await workbench.profile(cell, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What a question mark means. */
const UNKNOWN =
  "\n? is not known: profiling took too long on this adapter. The sums leave these cells out.\n";

/** What a tilde means. */
const EXTRAPOLATED =
  "\n~ is estimated from batches of 4 images, since those of the cell take long or much memory: the work of an " +
  "image is taken\nto be the same, which small batches make an upper bound of on most adapters.\n";

/** A plan as a table for people. */
export function formatPlan({ preset, cells, flops, durationMs, peakBytes, jobs, elapsedMs }: Plan): string {
  const right = (title: string) => ({ title, align: "right" as const });
  const known = cells.some(({ state }) => state !== undefined);
  const extrapolated = cells.some((cell) => cell.extrapolated), unknown = cells.some((cell) => cell.unknown);
  const row = (
    name: string,
    of: Pick<
      EstimatedCell,
      "flops" | "peakBytes" | "durationMs" | "state" | "why" | "reusedFrom" | "extrapolated" | "unknown"
    >,
  ) => [
    name,
    ...known ? [of.state === undefined ? "" : describeState(of)] : [],
    ...of.unknown ? ["?", "?", "?"] : [
      (of.flops / 1e9).toFixed(1),
      `${of.extrapolated ? "~" : ""}${(of.peakBytes / 2 ** 20).toFixed(1)}`,
      `${of.extrapolated ? "~" : ""}${duration(of.durationMs)}`,
    ],
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
    `adapter.\n\n${table}${together}${extrapolated ? EXTRAPOLATED : ""}${unknown ? UNKNOWN : ""}`;
}

function describeState({ state, why = [], reusedFrom }: Partial<PlannedCell>): string {
  if (why.length === 0) return stateText({ state, reusedFrom });
  return `${state}: ${why[0]}${why.length === 1 ? "" : `; and ${why.length - 1} more`}`;
}
