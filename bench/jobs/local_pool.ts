import type { Workbench } from "../plan/cell.ts";
import { type Bench, performCell } from "./perform.ts";
import type { CellPool } from "./pool.ts";

/** Runs cells in this process, one at a time; what they leave for each other stays in memory. */
export function localPool(workbench: Workbench, options: Omit<Bench, "workbench" | "outputs">): CellPool {
  const bench: Bench = { ...options, workbench, outputs: new Map() };
  let open = true;
  return {
    jobs: 1,
    run(cell, { needed, ...task }) {
      for (const name of bench.outputs.keys()) {
        if (!needed.has(name)) bench.outputs.delete(name);
      }
      return performCell(bench, { cell, ...task });
    },
    close() {
      if (open) workbench.close();
      open = false;
      return Promise.resolve();
    },
  };
}
