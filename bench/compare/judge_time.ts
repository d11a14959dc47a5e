import { mannWhitney } from "../statistics/mann_whitney.ts";
import { median } from "../statistics/median.ts";
import type { ChangeVerdict } from "./change.ts";
import type { Quantity, Reading } from "./quantity.ts";
import type { Limits } from "./thresholds.ts";
import { beyondRecordNoise, type TimeRatio } from "./time_noise.ts";

/** With this many records on each side, a rank test compares their medians: the minimum with which it can be significant. */
export const RECORDS_FOR_DRIFT = 5;

/** The judgement of a time. */
export interface TimeJudgement {
  readonly base: number;
  readonly head: number;
  /** How many times worse head is. */
  readonly ratio: number;
  readonly p: number;
  readonly statistic: string;
  readonly verdict: ChangeVerdict;
}

/**
 * Judges the times of two sides. A difference counts if the medians differ by the threshold and Mann and Whitney's rank test
 * calls it significant. The samples of one record do not show how a machine drifts between minutes and processes. With five
 * records or more on each side the test therefore ranks the records' medians, and the difference must exceed the noise
 * between records ({@linkcode beyondRecordNoise}). With fewer it ranks all samples, takes the threshold for drift, and calls
 * the difference unsure unless `minRecords` accepts this number of records.
 *
 * @param quantities Of kind "time", with readings on both sides.
 */
export function judgeTimes(
  quantities: readonly Quantity[],
  limitsOf: (quantity: Quantity) => Limits,
): Map<Quantity, TimeJudgement> {
  const ratios = quantities.map(ratioOf);
  const beyondNoise = beyondRecordNoise(ratios.filter(({ byRecord }) => byRecord));
  return new Map(quantities.map((quantity, i) => {
    const ratio = ratios[i], limits = limitsOf(quantity);
    const judged = judge(ratio, { limits, beyondNoise: !ratio.byRecord || beyondNoise(ratio) });
    const few = Math.min(quantity.base.length, quantity.head.length) < limits.minRecords;
    const unsure = few && (judged.verdict === "worse" || judged.verdict === "better");
    return [quantity, unsure ? { ...judged, verdict: "unsure" } : judged];
  }));
}

function ratioOf({ base, head, better }: Quantity): TimeRatio {
  const [before, after] = [base, head].map(mediansOf);
  const byRecord = Math.min(before.length, after.length) >= RECORDS_FOR_DRIFT;
  const [a, b] = byRecord ? [before, after] : [base, head].map(samplesOf);
  const [from, to] = [median(a), median(b)];
  return { base: a, head: b, ratio: better === "less" ? to / from : from / to, byRecord };
}

function judge(
  { base, head, ratio, byRecord }: TimeRatio,
  { limits, beyondNoise }: { limits: Limits; beyondNoise: boolean },
): TimeJudgement {
  const percent = byRecord ? limits.slowdownPercent : Math.max(limits.slowdownPercent, limits.driftPercent);
  const factor = 1 + percent / 100;
  const apart = ratio > factor ? "worse" : ratio < 1 / factor ? "better" : "same";
  const { p } = mannWhitney(base, head);
  const smallestP = mannWhitney(base.map(() => 0), head.map(() => 1)).p;
  const verdict = apart === "same" || (p < limits.significance && beyondNoise)
    ? apart
    : smallestP < limits.significance
    ? "same"
    : "too few";
  const what = byRecord ? "records' medians" : "samples";
  const statistic =
    `median of ${base.length} and ${head.length} ${what}, Mann-Whitney test, more than ${percent} %` +
    (byRecord ? ", beyond the noise between records" : "");
  return { base: median(base), head: median(head), ratio, p, statistic, verdict };
}

function samplesOf(readings: readonly Reading[]): number[] {
  return readings.flatMap(({ measurement }) => measurement.samples);
}

/** One value a record. */
function mediansOf(readings: readonly Reading[]): number[] {
  return readings.map(({ measurement }) => median(measurement.samples));
}
