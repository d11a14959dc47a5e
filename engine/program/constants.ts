/** What a program computes from variables that stay as they are: weights turned round, normalisations folded. */

import type { Operand } from "../graph/op.ts";
import { readsOf, type Step, writesOf } from "./step.ts";
import { Variable } from "../graph/tensor.ts";

/** Steps with those that always yield the same in front, and the values that always are the same. */
export interface Hoisted {
  readonly steps: Step[];
  readonly constants: ReadonlySet<Operand>;
}

/**
 * Brings the steps to the front that depend only on variables which no step writes and which are not among `changing`,
 * so that whatever uses them finds them computed.
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
