/** The order in which cells start when several run at once. It decides when a run ends, but no bit of any record. */
import { paradigmOf } from "../../paradigms/registry.ts";
import type { CellDescription } from "./cell.ts";
import { setCounts, unitsOf } from "./estimate.ts";
import type { PhaseName } from "../record/phases.ts";

/**
 * Sorts cells by urgency: the most work on the longest path from the start of the cell to the end of the run, its own
 * work included. Equally urgent cells keep their order. This keeps all jobs busy to the end: what others wait
 * for and what takes long starts early.
 *
 * Source: list scheduling by upward rank, as in Topcuoglu et al., 2002, https://doi.org/10.1109/71.993206.
 *
 * @param costOf How long a cell takes, in any unit; default: {@linkcode roughCosts}.
 */
export function byUrgency(
  cells: readonly CellDescription[],
  costOf: (cell: CellDescription) => number = roughCosts(cells),
): CellDescription[] {
  const ranks = new Map<string, number>();
  for (const cell of cells.toReversed()) { // every cell stands before those that need it
    const later = cells.filter(({ inputs }) => inputs.includes(cell.name)).map(({ name }) =>
      ranks.get(name)!
    );
    ranks.set(cell.name, costOf(cell) + Math.max(0, ...later));
  }
  return cells.toSorted((a, b) => ranks.get(b.name)! - ranks.get(a.name)!);
}

/** What one unit of each kind of work costs: near what the cells of the `quick` preset took on a software adapter. */
const UNIT_COSTS: Readonly<Record<PhaseName, number>> = {
  train: 3,
  probe: 1,
  clean: 1,
  attack: 2,
  construct: 2,
  other: 0,
};

/** How long each cell takes, guessed from its numbers of images, epochs and steps. */
export function roughCosts(cells: readonly CellDescription[]): (cell: CellDescription) => number {
  const counts = setCounts(cells);
  return (cell) => {
    let cost = 0;
    for (const [phase, units] of Object.entries(unitsOf(cell, counts)) as [PhaseName, number][]) {
      cost += units * UNIT_COSTS[phase] * (phase === "train" ? trainingFactor(cell) : 1);
    }
    return cost;
  };
}

/** An adversary steps on each batch before the network is trained on it. */
function trainingFactor(cell: CellDescription): number {
  if (cell.kind !== "train") return 1;
  const { adversary } = cell.config;
  return (paradigmOf(cell.paradigm).cost ?? 1) *
    (1 + (adversary === null ? 0 : adversary.steps * adversary.restarts));
}

/**
 * End of a run whose cells start in the order of {@linkcode byUrgency}, on `jobs` at once.
 *
 * @param costOf How long a cell takes.
 * @returns In the unit of the costs.
 */
export function makespan(
  cells: readonly CellDescription[],
  { jobs, costOf }: { jobs: number; costOf: (cell: CellDescription) => number },
): number {
  const order = byUrgency(cells, costOf);
  const ends = new Map<string, number>();
  const waiting = new Set(order);
  const running = new Set<string>();
  let at = 0;
  while (waiting.size > 0 || running.size > 0) {
    for (const cell of waiting) {
      if (running.size === jobs) break;
      if (!cell.inputs.every((name) => ends.has(name) && !running.has(name))) continue;
      waiting.delete(cell);
      running.add(cell.name);
      ends.set(cell.name, at + costOf(cell));
    }
    at = Math.min(...[...running].map((name) => ends.get(name)!));
    for (const name of running) {
      if (ends.get(name)! <= at) running.delete(name);
    }
  }
  return at;
}
