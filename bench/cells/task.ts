/** What the cells work with. */
import type { Dataset, ImageSet } from "../../datasets/types.ts";
import type { Learner } from "../../paradigms/types.ts";
import type { CellContext, TrainCell } from "../plan/cell.ts";
import type { PhaseLog } from "../record/phases.ts";

/** What a cell works with. */
export interface CellTask<Cell> {
  readonly cell: Cell;
  readonly context: CellContext;
  readonly dataset: Dataset;
}

/** What the parts of a cell work with that has a network. */
export interface NetworkTask<Cell> extends CellTask<Cell> {
  readonly learner: Learner;
  /** The set the network is trained on. */
  readonly set: ImageSet;
  readonly phases: PhaseLog;
}

/** What the parts of a train cell work with. */
export type TrainTask = NetworkTask<TrainCell>;
