/** Checks by their results that two frameworks ran the same workload. */

/** Losses and values of results differ by rounding only. */
const TOLERANCE = 1e-3;

/** What {@linkcode compareChecks} finds. */
export interface Agreement {
  /** Why it is another workload, or null. */
  readonly otherWorkload: string | null;
  /** Differences within the same workload. */
  readonly notes: readonly string[];
}

/**
 * Compares the checks of a framework with ours.
 *
 * Another workload: a list is missing, its numbers are further from ours than 1e-3 of our largest one (float32 in another
 * order of summation stays far below), or, for "change of ..." lists, a parameter changed by less than half or more than
 * twice as much. A difference between these limits is noted: the arithmetic was done, and part of a sum
 * differs. Seen on llvmpipe, which ends loops after some 65,000 iterations: TensorFlow.js sums a
 * weight's gradient over all pixels of the batch in one invocation, and leaves out the last images of 64.
 */
export function compareChecks(
  theirs: Readonly<Record<string, readonly number[]>>,
  ours: Readonly<Record<string, readonly number[]>>,
): Agreement {
  const notes: string[] = [];
  for (const [name, expected] of Object.entries(ours)) {
    const given = theirs[name];
    if (given === undefined || given.length !== expected.length) {
      return {
        otherWorkload: `its ${name} are ${given?.length ?? 0} numbers, ours ${expected.length}`,
        notes,
      };
    }
    const scale = Math.max(...expected.map(Math.abs));
    const worst = expected.map((value, i) => Math.abs(given[i] - value)).reduce(largest, 0);
    if (worst <= TOLERANCE * scale) continue;
    const isChange = name.startsWith("change of ");
    const difference = `${name} is ${shown(given)}, ours ${shown(expected)}`;
    if (!isChange || !(given[0] >= expected[0] / 2 && given[0] <= expected[0] * 2)) {
      return { otherWorkload: difference, notes };
    }
    notes.push(difference);
  }
  return { otherWorkload: null, notes };
}

/** The larger of two; NaN, which JSON makes null, wins. */
function largest(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b);
}

function shown(values: readonly number[]): string {
  return values.slice(0, 3).map((value) => Number(value).toPrecision(4)).join(", ") +
    (values.length > 3 ? ", ..." : "");
}
