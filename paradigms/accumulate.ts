/** Gradients of several batches added up before one update: a large batch in the memory of a small one. */

import type { Gpu } from "../engine/device.ts";
import { add, scale } from "../engine/ops/arithmetic.ts";
import { assign } from "../engine/ops/assign.ts";
import { fill } from "../engine/ops/fill.ts";
import { asTensor } from "../engine/graph.ts";
import { Program } from "../engine/program.ts";
import { type Tensor, Variable } from "../engine/tensor.ts";

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
    grads.forEach((grad, i) => assign(this.sums[i], add(this.sums[i], scale(grad, 1 / this.#count))));
  }

  /** A program that hands the mean gradients to `update` and starts again at zero. */
  compileUpdate(
    gpu: Gpu,
    update: (params: readonly Variable[], grads: readonly Tensor[]) => void,
  ): Promise<Program> {
    return Program.compile(gpu, "update", () => {
      update(this.#params, this.sums.map(asTensor));
      for (const sum of this.sums) assign(sum, fill(sum.shape, 0));
    });
  }
}
