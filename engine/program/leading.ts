/**
 * Partial runs: where the examples of a batch do not influence each other, a program can run for the first ones alone.
 * Finds the steps that are then left unfinished, and their smaller grids.
 */

import type { Operand } from "../graph/op.ts";
import { MAX_GRID } from "../device/pipeline_cache.ts";
import { readsOf, type Step, writesOf } from "./step.ts";
import type { Variable } from "../graph/tensor.ts";

/** How the values and steps of a program divide into examples. */
export interface ExampleParts {
  /** Examples of the whole batch. */
  readonly count: number;
  /** Values made of one equal part per example, in order. */
  readonly values: ReadonlySet<Operand>;
  /** Steps that process such values in order. */
  readonly steps: ReadonlySet<Step>;
}

/**
 * Follows the examples from `variables` through the steps.
 *
 * @param variables With the examples along their first dimension.
 * @throws {RangeError} If they do not agree on the number of examples.
 */
export function followExamples(steps: readonly Step[], variables: readonly Variable[]): ExampleParts {
  const counts = new Set(variables.map(({ shape }) => shape[0]));
  const [count] = counts;
  if (counts.size !== 1 || !(count > 0)) {
    throw new RangeError(
      `Cannot run parts of a batch: expected variables with the same number of examples, got ${
        variables.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join("; ") || "none"
      }`,
    );
  }
  const values = new Set<Operand>(variables), found = new Set<Step>();
  for (const step of steps) {
    const writes = writesOf(step);
    const inParts = ({ spec: { shape } }: Operand) => shape.length > 0 && shape[0] % count === 0;
    if (!step.leading || !readsOf(step).some((read) => values.has(read)) || !writes.every(inParts)) continue;
    found.add(step);
    for (const written of writes) values.add(written);
  }
  return { count, values, steps: found };
}

/** The grid that computes at least the first `examples` of `count` parts of what `step` writes. */
export function leadingGrid(
  { workgroups: [x, y, z], leadingSlack = 0 }: Pick<Step, "workgroups" | "leadingSlack">,
  { examples, count }: { examples: number; count: number },
): readonly [number, number, number] {
  const all = x * y * z;
  const share = Math.min(all, Math.ceil(all * examples / count) + leadingSlack);
  if (z > 1 || share === all) return [x, y, z];
  return share <= MAX_GRID ? [share, 1, 1] : [x, Math.ceil(share / x), 1];
}
