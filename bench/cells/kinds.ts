import type { Gpu } from "../../engine/device/device.ts";
import type { CellDescription, CellOutcome } from "../plan/cell.ts";
import { attackCell } from "./attack_cell.ts";
import { constructCell } from "./construct.ts";
import { probeCell } from "./probe.ts";
import type { CellTask } from "./task.ts";
import { trainCell } from "./train.ts";

/**
 * Runs a cell of any kind, until its signal is aborted. Each kind is a module of its own, whose code is part of the keys
 * of its cells.
 */
export function runCellOf(gpu: Gpu, task: CellTask<CellDescription>): Promise<CellOutcome> {
  return gpu.heed(task.context.signal, () => cellOfKind(gpu, task));
}

function cellOfKind(gpu: Gpu, { cell, ...task }: CellTask<CellDescription>): Promise<CellOutcome> {
  switch (cell.kind) {
    case "train":
      return trainCell(gpu, { cell, ...task });
    case "construct":
      return constructCell(gpu, { cell, ...task });
    case "probe":
      return probeCell(gpu, { cell, ...task });
    case "attack":
      return attackCell(gpu, { cell, ...task });
  }
}
