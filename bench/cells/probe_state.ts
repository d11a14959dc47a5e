/** What a probe cell keeps while it runs: the accuracies of the probes that are done, and what they took. */

import type { Json } from "../../engine/files/checkpoint.ts";
import type { CellContext } from "../plan/cell.ts";
import type { PhaseLog, Work } from "../record/phases.ts";

/** What the checkpoint holds; there are no tensors. */
interface KeptJson {
  readonly untrained: number | null;
  readonly curve: readonly number[];
  readonly work: Work;
}

/** The probes of a cell that are done, but for that of the trained encoder, which is the last. */
export class ProbeState {
  /** Accuracy of the probe on the untrained encoder; null before it is known. */
  untrained: number | null = null;
  /** Those of the curve, in the order of its epochs. */
  readonly curve: number[] = [];
  readonly #context: Pick<CellContext, "checkpoint" | "signal">;
  readonly #phases: PhaseLog;

  private constructor(context: Pick<CellContext, "checkpoint" | "signal">, phases: PhaseLog) {
    this.#context = context;
    this.#phases = phases;
  }

  /** Restores what a stopped process left, if it is usable; the phases continue from there. */
  static async load(
    context: Pick<CellContext, "checkpoint" | "signal">,
    phases: PhaseLog,
  ): Promise<ProbeState> {
    const state = new ProbeState(context, phases);
    const kept = await context.checkpoint.loadState(({ state }) => state as unknown as KeptJson);
    if (kept === null) return state;
    state.untrained = kept.untrained;
    state.curve.push(...kept.curve);
    phases.restore(kept.work);
    return state;
  }

  /** Keeps what is done, if it is time to. */
  async keep(): Promise<void> {
    const { checkpoint, signal } = this.#context;
    const kept: KeptJson = {
      untrained: this.untrained,
      curve: [...this.curve],
      work: this.#phases.workSoFar(0),
    };
    const make = () => ({ tensors: new Map(), state: kept as unknown as Json });
    await checkpoint.saveState(make, { now: signal.aborted });
  }
}
