/** What became of one quantity. */

/**
 * `same`: no difference that is both large enough and unlikely to be chance. `too few`: the difference is large enough,
 * but no outcome of so few values could tell it from chance. `unsure`: a time that looks worse or better in fewer records than
 * can show how much the machine itself drifts. `unlike`: a time of unlike machines, which is not judged.
 * `ignored`: the thresholds say so. `failed`: a cell that ended well in base did not in head.
 */
export type Verdict =
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

/** Verdicts that make a regression. */
export const REGRESSIONS: readonly Verdict[] = ["worse", "failed"];

/** Verdicts that tell of no difference. */
export const UNCHANGED: readonly Verdict[] = ["same", "ignored", "unlike"];

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
  /** What is shown, and how it was judged. */
  readonly statistic: string;
  readonly verdict: Verdict;
  /** Of head alone, for tools that keep their own history: standard deviation, and least and most or an interval. */
  readonly headSpread:
    | { readonly sd: number | null; readonly range: readonly [number, number] | null }
    | null;
}
