import type { Unlike } from "./alike.ts";
import { type Change, REGRESSIONS } from "./change.ts";
import type { Side } from "./sides/source.ts";
import type { Thresholds } from "./thresholds.ts";

/** A comparison of two sides: every format shows it. */
export interface Comparison {
  readonly base: SideFacts;
  readonly head: SideFacts;
  readonly thresholds: Thresholds;
  /** Fields that differ, by the user's leave. */
  readonly unlike: readonly Unlike[];
  readonly changes: readonly Change[];
  /** Whether anything became worse. */
  readonly regression: boolean;
}

/** Where the numbers of a side come from. */
export interface SideFacts {
  readonly path: string;
  readonly records: number;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly preset: string;
  readonly deno: string;
  /** Of the graphics driver; null where no record says it. */
  readonly driver: string | null;
  readonly readPath: string;
  readonly notes: readonly string[];
}

/** The facts of a side; time, commit and versions are those of its latest record. */
export function factsOf({ path, records, notes }: Side): SideFacts {
  const { startedAt, commit, preset, deno, driver, readPath } = records
    .toSorted((a, b) => a.startedAt < b.startedAt ? -1 : 1).at(-1)!;
  return { path, records: records.length, startedAt, commit, preset, deno, driver, readPath, notes };
}

/** Whether any of them is a regression. */
export function isRegression(changes: readonly Change[]): boolean {
  return changes.some(({ verdict }) => REGRESSIONS.includes(verdict));
}
