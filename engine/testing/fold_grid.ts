/** Makes small cases cross the limit of a grid's dimension, which by itself takes 65,536 workgroups. */

import type { Attrs, Kernel, OpDef } from "../graph/op.ts";

/** The number of workgroups along y that a folded grid has. */
const FOLDS = 2;

/**
 * The same operation with its workgroups split over two dimensions, as `splitGrid` does beyond the limit. Where they
 * do not divide evenly, surplus workgroups test the guard of the tail.
 */
export function foldGrid<A extends Attrs>(op: OpDef<A>): OpDef<A> {
  return { ...op, lower: (context) => op.lower(context).map(fold) };
}

/** Whether folding changes a kernel: it has several workgroups in one dimension, and reads the grid's size. */
export function canFold({ workgroups: [x, y, z], source }: Kernel): boolean {
  return x > 1 && y === 1 && z === 1 && source.includes("num_workgroups");
}

function fold(kernel: Kernel): Kernel {
  if (!canFold(kernel)) return kernel;
  return { ...kernel, workgroups: [Math.ceil(kernel.workgroups[0] / FOLDS), FOLDS, 1] };
}
