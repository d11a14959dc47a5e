/** How one quantity changed. */

/**
 * `same`: no difference is both large enough and unlikely to be chance. `too few`: the difference is large enough, but no
 * test of this few values can tell it from chance. `unsure`: a time looks worse or better, but there are too few records to
 * show how much the machine itself drifts. `unlike`: a time of unlike machines, not judged. `ignored`: the thresholds say so.
 * `failed`: a cell succeeded in base and not in head.
 */
export type ChangeVerdict =
  | "same"
  | "worse"
  | "better"
  | "too few"
  | "unsure"
  | "unlike"
  | "ignored"
  | "failed"
  | "only in base"
  | "only in head";

/** Verdicts that are a regression. */
export const REGRESSIONS: readonly ChangeVerdict[] = ["worse", "failed"];

/** Verdicts without a difference. */
export const UNCHANGED: readonly ChangeVerdict[] = ["same", "ignored", "unlike"];

/** One quantity on both sides, and the verdict. */
export interface Change {
  readonly cell: string;
  readonly name: string;
  readonly kind: "accuracy" | "time" | "memory" | "status";
  readonly unit: string;
  readonly better: "less" | "more";
  /** Means of accuracies and memory, medians of times; null where a side has none. */
  readonly base: number | null;
  readonly head: number | null;
  /** Of accuracies and memory head - base, of times how many times worse head is; null where a side has none. */
  readonly difference: number | null;
  /** 95 % interval of the difference of an accuracy; null otherwise. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Of the test of no difference; null where there was none. */
  readonly p: number | null;
  /** The statistic that is shown, and the test. */
  readonly statistic: string;
  readonly verdict: ChangeVerdict;
  /** Spread of head, for tools that keep their own history: standard deviation, and minimum and maximum or an interval. */
  readonly headSpread:
    | { readonly sd: number | null; readonly range: readonly [number, number] | null }
    | null;
}
