/** A run against the committed baseline. */
import type { Comparison } from "../../bench/compare/comparison.ts";
import { loadSide } from "../../bench/compare/sides/load.ts";
import { compareLoaded } from "../../bench/compare/compare_runs.ts";
import { verdictOf } from "../../bench/reproduce/verdict.ts";
import type { CellRecord } from "../../bench/records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";
import { adapterClass, baselineRecord, samePlace } from "./record.ts";
import { readRecords } from "./records.ts";

/**
 * Tolerance of a number in the place where the baseline was made: fractions in absolute terms, less than one of 128
 * test images; others relatively. Sums in another order stay far below it, as long as no image is decided otherwise.
 */
export const TOLERANCE = 0.005;

/** The command for an intended change. */
export const REWRITE = "deno task baseline --write";

/**
 * The result of the check. `elsewhere`: the adapter is of another class, nothing was judged. `worse`: `bench compare` found a
 * regression. `changed`: none, but numbers are not those of the baseline, although the place is.
 */
export interface BaselineCheck {
  readonly verdict: "same" | "worse" | "changed" | "elsewhere";
  /** One sentence for people, and what to do. */
  readonly text: string;
  /** Null where nothing was compared. */
  readonly comparison: Comparison | null;
}

/**
 * Compares a run with the baseline: by `bench compare` wherever adapters are of one class, and in the very place where the
 * baseline was made also number by number, since there equal code gives equal numbers.
 *
 * @throws {UsageError} If a folder holds no records, or they measured different things.
 */
export async function checkBaseline(baselineDir: string, runDir: string): Promise<BaselineCheck> {
  const [before, after] = [await readRecords(baselineDir), await readRecords(runDir)];
  const [own, other] = [before, after].map(([{ machine }]) => adapterClass(machine.adapter));
  if (own !== other) {
    const text =
      `Not compared: the baseline ${baselineDir} is of the adapter ${own}, this run is of ${other}`;
    return { verdict: "elsewhere", text, comparison: null };
  }
  const [base, head] = [await loadSide(baselineDir), await loadSide(runDir)];
  const comparison = await compareLoaded(base, head, { allowed: ["machine", "jobs", "kernels"] })
    .catch((error) => {
      if (!(error instanceof UsageError)) throw error;
      const [reason] = error.message.split("\n");
      throw new UsageError(`${reason}\nHint: if that is meant, ${REWRITE} makes a new baseline`, {
        cause: error,
      });
    });
  if (comparison.regression) {
    const text = `Worse than the baseline ${baselineDir}; if that is meant, ${REWRITE} makes a new one`;
    return { verdict: "worse", text, comparison };
  }
  const changed = changedNumbers(before, after);
  if (!samePlace(before[0], after[0])) {
    const text =
      `Nothing worse than the baseline ${baselineDir}, ${changed.length} of ${before.length} cells have ` +
      "other numbers; it was made in another place (processor, driver or Deno), where that is no fault";
    return { verdict: "same", text, comparison };
  }
  if (changed.length === 0) {
    return { verdict: "same", text: `The numbers are those of the baseline ${baselineDir}`, comparison };
  }
  const shown = changed.slice(0, 10).map((line) => `  ${line}\n`).join("");
  const more = changed.length > 10 ? `  and ${changed.length - 10} more cells\n` : "";
  const text = `Other numbers than in the baseline ${baselineDir}, made in the same place:\n${shown}${more}` +
    `If that is meant, ${REWRITE} makes a new one`;
  return { verdict: "changed", text, comparison };
}

/** Cells with another number than before, one line each with the first of them; missing and new cells too. */
function changedNumbers(before: readonly CellRecord[], after: readonly CellRecord[]): string[] {
  const found = new Map(after.map((record) => [record.cell, record]));
  const known = new Set(before.map(({ cell }) => cell));
  return [
    ...before.flatMap((record) => {
      const other = found.get(record.cell);
      if (other === undefined) return [`${record.cell}: is not in the run`];
      const { verdict, first } = verdictOf(record, { after: baselineRecord(other), tolerance: TOLERANCE });
      return verdict === "different" ? [`${record.cell}: ${first}`] : [];
    }),
    ...after.filter(({ cell }) => !known.has(cell))
      .map(({ cell }) => `${cell}: is not in the baseline`),
  ];
}
