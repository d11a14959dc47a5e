/** Constant folding: finds the steps that depend only on unchanging variables, such as weights, and runs them first. */

import type { Operand } from "../graph/op.ts";
import { readsOf, type Step, writesOf } from "./step.ts";
import { Variable } from "../graph/tensor.ts";

/** Steps, the constant ones first, and the values that these yield. */
export interface Hoisted {
  readonly steps: Step[];
  readonly constants: ReadonlySet<Operand>;
}

/**
 * Hoists the steps that depend only on constant variables: those that no step writes and that are not among `changing`.
 *
 * @param changing Variables that may have other values in each run.
 */
export function hoistConstants(steps: readonly Step[], changing: readonly Variable[]): Hoisted {
  const written = new Set(steps.flatMap(writesOf)), varying = new Set<Operand>(changing);
  const constants = new Set<Operand>(
    steps.flatMap(readsOf).filter((o) => o instanceof Variable && !written.has(o) && !varying.has(o)),
  );
  const isConstant = (step: Step) => {
    const reads = readsOf(step).filter((operand) => !writesOf(step).includes(operand));
    return reads.length > 0 && reads.every((operand) => constants.has(operand)) &&
      writesOf(step).every((operand) => !(operand instanceof Variable));
  };
  const first: Step[] = [], rest: Step[] = [];
  const writes = new Map<Operand, number>();
  for (const operand of steps.flatMap(writesOf)) writes.set(operand, (writes.get(operand) ?? 0) + 1);
  for (const step of steps) {
    const constant = isConstant(step) && writesOf(step).every((operand) => writes.get(operand) === 1);
    (constant ? first : rest).push(step);
    if (constant) { for (const operand of writesOf(step)) constants.add(operand); }
  }
  return { steps: [...first, ...rest], constants };
}
