import type { Unlike } from "./alike.ts";
import { type Change, REGRESSIONS } from "./change.ts";
import type { Side } from "./sides/source.ts";
import type { Thresholds } from "./thresholds.ts";

/** Two sides beside each other: what every format shows. */
export interface Comparison {
  readonly base: SideFacts;
  readonly head: SideFacts;
  readonly thresholds: Thresholds;
  /** What differs; compared all the same because the user said so. */
  readonly unlike: readonly Unlike[];
  readonly changes: readonly Change[];
  /** Whether anything became worse. */
  readonly regression: boolean;
}

/** What is known of a side beside its numbers. */
export interface SideFacts {
  readonly path: string;
  readonly records: number;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly preset: string;
  readonly deno: string;
  /** Of the graphics driver; null where no record says it. */
  readonly driver: string | null;
  readonly kernelVariant: string;
  readonly notes: readonly string[];
}

/** What of a side is shown; of several records the time, commit and versions of the latest. */
export function factsOf({ path, records, notes }: Side): SideFacts {
  const { startedAt, commit, preset, deno, driver, kernelVariant } = records
    .toSorted((a, b) => a.startedAt < b.startedAt ? -1 : 1).at(-1)!;
  return { path, records: records.length, startedAt, commit, preset, deno, driver, kernelVariant, notes };
}

/** Whether any of them is a regression. */
export function isRegression(changes: readonly Change[]): boolean {
  return changes.some(({ verdict }) => REGRESSIONS.includes(verdict));
}
