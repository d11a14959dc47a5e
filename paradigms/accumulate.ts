/** Gradients of several batches added up before one update: a large batch in the memory of a small one. */

import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { fill } from "../engine/ops/fill.ts";
import { accumulateAll, multiplyAll } from "../engine/ops/optim_accumulate.ts";
import { Program } from "../engine/program/program.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";

/** Mean gradients over several batches. */
export class Accumulator {
  /** The sums so far, one for each parameter; they belong into a checkpoint. */
  readonly sums: readonly Variable[];
  readonly #params: readonly Variable[];
  readonly #count: number;

  /** @param count Batches to an update. */
  constructor(params: readonly Variable[], count: number) {
    this.#params = params;
    this.#count = count;
    this.sums = params.map(({ name, spec }) => new Variable(`${name}.accumulated`, spec));
  }

  /** Records the addition of one batch's gradients, divided by the number of batches. */
  add(grads: readonly Tensor[]): void {
    accumulateAll(this.sums, grads, { factor: fill([], 1 / this.#count) });
  }

  /** A program that hands the mean gradients to `update` and starts again at zero. */
  compileUpdate(
    gpu: Gpu,
    update: (params: readonly Variable[], grads: readonly Tensor[]) => void,
  ): Promise<Program> {
    return Program.compile(gpu, "update", () => {
      update(this.#params, this.sums.map(asTensor));
      multiplyAll(this.sums, fill([], 0));
    });
  }
}
