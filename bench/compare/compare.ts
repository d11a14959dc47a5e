/** Compares two sides quantity by quantity. */
import { studentTail } from "../statistics/distributions.ts";
import { median } from "../statistics/median.ts";
import { spread } from "../statistics/spread.ts";
import type { Change, ChangeVerdict } from "./change.ts";
import { type AccuracyDifference, accuracyDifference } from "./judge_accuracy.ts";
import { judgeTimes, type TimeJudgement } from "./judge_time.ts";
import { quantitiesOf, type Quantity, type Reading } from "./quantity.ts";
import type { Side } from "./sides/source.ts";
import { type Limits, limitsOf, type Thresholds } from "./thresholds.ts";

/** Probability of a false alarm in any accuracy of a comparison where nothing changed. */
const FAMILY = 0.05;

/** How sides are compared. */
export interface CompareOptions {
  readonly thresholds: Thresholds;
  /** Whether times can be judged: both sides are of one class of machines. */
  readonly oneMachine: boolean;
}

/**
 * Compares two sides that measured the same. Accuracies: {@linkcode accuracyDifference}; a drop counts if it reaches the
 * threshold, its interval lies below zero, and it is beyond chance in any of the accuracies compared (below). Times:
 * {@linkcode judgeTimes}. Device memory: by the threshold alone, since it is counted, not sampled. A cell that succeeded in
 * base but not in head is a regression.
 *
 * Beyond chance in any, over seeds: the p value of the mean difference, with the standard deviation pooled over all
 * accuracies compared, times their number, is below 0.05 (Bonferroni). The standard deviation of a few seeds alone is often
 * small by luck. Of one seed: p times the number is below 0.05.
 */
export async function compareSides(base: Side, head: Side, options: CompareOptions): Promise<Change[]> {
  const quantities = quantitiesOf(base, head);
  const differences = new Map<Quantity, AccuracyDifference>();
  for (const quantity of quantities) {
    if (quantity.kind !== "accuracy" || quantity.base.length === 0 || quantity.head.length === 0) continue;
    differences.set(quantity, await accuracyDifference(quantity));
  }
  const chance = chanceInAny([...differences.values()]);
  const limitsFor = ({ cell, name }: Quantity) => limitsOf(options.thresholds, cell, name);
  const times = judgeTimes(
    quantities.filter(({ kind, base, head }) => kind === "time" && base.length > 0 && head.length > 0),
    limitsFor,
  );
  return [
    ...statusChanges(base, head),
    ...quantities.map((quantity): Change => {
      const limits = limitsFor(quantity);
      if (quantity.base.length === 0 || quantity.head.length === 0) return alone(quantity);
      const difference = differences.get(quantity), time = times.get(quantity);
      const change = difference !== undefined
        ? accuracyChange(quantity, difference, { limits, chance: chance(difference) })
        : time !== undefined
        ? timeChange(quantity, time, options.oneMachine)
        : memoryChange(quantity, limits);
      return limits.ignore ? { ...change, verdict: "ignored" } : change;
    }),
  ];
}

/** Probability that chance alone gives a difference at least as large in any of the accuracies compared. */
function chanceInAny(all: readonly AccuracyDifference[]): (one: AccuracyDifference) => number {
  const noisy = all.flatMap(({ pairs }) => pairs !== null && pairs.sd > 0 ? [pairs] : []);
  const degrees = noisy.reduce((sum, { n }) => sum + n - 1, 0);
  const squares = noisy.reduce((sum, { n, sd }) => sum + (n - 1) * sd ** 2, 0);
  const judged = all.filter(({ p }) => p !== null).length;
  return ({ pairs, p, difference }) => {
    if (p === null) return 1;
    if (pairs === null || degrees === 0) return Math.min(1, p * judged);
    const t = difference / Math.sqrt(squares / degrees / pairs.n);
    return Math.min(1, studentTail(t, degrees) * judged);
  };
}

function accuracyChange(
  quantity: Quantity,
  { base, head, difference, interval, p, pairs, statistic }: AccuracyDifference,
  { limits, chance }: { limits: Limits; chance: number },
): Change {
  const large = Math.abs(difference) >= limits.accuracyDropPoints / 100 - 1e-12 && difference !== 0;
  const sure = interval !== null && chance < FAMILY && (interval[1] < 0 || interval[0] > 0) &&
    (pairs !== null || p! < limits.significance);
  const verdict: ChangeVerdict = !large
    ? "same"
    : interval === null
    ? "too few"
    : !sure
    ? "same"
    : difference < 0
    ? "worse"
    : "better";
  return { ...shared(quantity), base, head, difference, interval, p, statistic, verdict };
}

function timeChange(quantity: Quantity, time: TimeJudgement, oneMachine: boolean): Change {
  const { base, head, ratio, p, statistic, verdict } = time;
  const found = { ...shared(quantity), base, head, difference: ratio, interval: null, p, statistic };
  return { ...found, verdict: oneMachine ? verdict : "unlike" };
}

function memoryChange(quantity: Quantity, { memoryPercent }: Limits): Change {
  const [base, head] = [quantity.base, quantity.head].map((list) => spread(firsts(list))!.mean);
  const factor = 1 + memoryPercent / 100;
  const verdict = head > base * factor ? "worse" : head < base / factor ? "better" : "same";
  const statistic = `mean, by ${memoryPercent} %`;
  return {
    ...shared(quantity),
    base,
    head,
    difference: head - base,
    interval: null,
    p: null,
    statistic,
    verdict,
  };
}

function alone(quantity: Quantity): Change {
  const mean = (list: readonly Reading[]) => list.length === 0 ? null : valueOf(quantity, list);
  const [base, head] = [mean(quantity.base), mean(quantity.head)];
  const verdict = head === null ? "only in base" : "only in head";
  const none = { difference: null, interval: null, p: null, statistic: "on one side only" };
  return { ...shared(quantity), base, head, ...none, verdict };
}

function valueOf({ kind }: Quantity, list: readonly Reading[]): number {
  return kind === "time"
    ? median(list.flatMap(({ measurement }) => measurement.samples))
    : spread(firsts(list))!.mean;
}

function shared(quantity: Quantity) {
  const { cell, name, kind, unit, better, head } = quantity;
  return { cell, name, kind, unit, better, headSpread: head.length === 0 ? null : headSpread(quantity) };
}

function headSpread({ kind, head }: Quantity): Change["headSpread"] {
  if (kind !== "time") {
    const { sd, interval } = spread(firsts(head))!;
    return { sd, range: interval };
  }
  const samples = head.flatMap(({ measurement }) => measurement.samples);
  const range = samples.length > 1 ? [Math.min(...samples), Math.max(...samples)] as const : null;
  return { sd: spread(samples)!.sd, range };
}

function firsts(list: readonly Reading[]): number[] {
  return list.map(({ measurement }) => measurement.samples[0]);
}

/** Cells that succeeded in base and failed, or were skipped, in head. */
function statusChanges(base: Side, head: Side): Change[] {
  const names = ({ records }: Side, done: boolean) =>
    new Set(
      records.filter((record) => record.done === done).map(({ cell, seed }) => `${cell}/seed-${seed}`),
    );
  const [good, nowGood, bad] = [names(base, true), names(head, true), names(head, false)];
  const failed = [...bad].filter((name) => good.has(name) && !nowGood.has(name));
  return failed.map((name): Change => ({
    cell: name,
    name: "status",
    kind: "status",
    unit: "1",
    better: "more",
    base: 1,
    head: 0,
    difference: -1,
    interval: null,
    p: null,
    statistic: "the cell ended well in base, and failed or was skipped in head",
    verdict: "failed",
    headSpread: null,
  }));
}
