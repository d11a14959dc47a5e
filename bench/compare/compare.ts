/** Two lists of measured quantities beside each other. */

import { median } from "../statistics/median.ts";
import { mannWhitney } from "../statistics/mann_whitney.ts";
import type { ComparedMetric } from "./metrics.ts";

/** What became of one quantity. */
export interface Change {
  readonly name: string;
  readonly unit: string;
  /** Medians; null where the record has no such quantity. */
  readonly base: number | null;
  readonly head: number | null;
  /** How many times worse `head` is, below 1 if better; null where one is missing. */
  readonly ratio: number | null;
  /** Of the rank test; null where one is missing, and for bytes. */
  readonly p: number | null;
  readonly verdict: Verdict;
}

/**
 * `same`: no difference that is both large enough and unlikely to be chance. `too few`: the medians differ by the
 * threshold, but no order of so few samples could tell that from chance.
 */
export type Verdict = "same" | "worse" | "better" | "too few" | "only in base" | "only in head";

/** From where on a difference counts. */
export interface CompareOptions {
  /** Times that a quantity has to be worse, or better, at least. */
  readonly threshold: number;
  /** Largest probability of chance. */
  readonly p: number;
}

/**
 * Compares quantities of the same name, in the order of `base`; what only `head` has comes last. A difference counts
 * where the medians differ by the threshold and the rank test calls it significant. Bytes are counted, not timed: there
 * the threshold alone decides.
 */
export function compareMetrics(
  base: readonly ComparedMetric[],
  head: readonly ComparedMetric[],
  options: CompareOptions,
): Change[] {
  const others = new Map(head.map((metric) => [metric.name, metric]));
  const changes = base.map((metric): Change => {
    const other = others.get(metric.name);
    others.delete(metric.name);
    if (other === undefined) return alone(metric, "only in base");
    return compareOne(metric, other, options);
  });
  return [...changes, ...[...others.values()].map((metric) => alone(metric, "only in head"))];
}

function compareOne(base: ComparedMetric, head: ComparedMetric, { threshold, p }: CompareOptions): Change {
  const [before, after] = [median(base.samples), median(head.samples)];
  const ratio = base.better === "less" ? after / before : before / after;
  const change = { name: base.name, unit: base.unit, base: before, head: after, ratio };
  const apart = ratio > threshold ? "worse" : ratio < 1 / threshold ? "better" : "same";
  if (base.unit === "bytes") return { ...change, p: null, verdict: apart };
  const chance = mannWhitney(base.samples, head.samples).p;
  const fewest = mannWhitney(base.samples.map(() => 0), head.samples.map(() => 1)).p;
  const verdict = apart === "same" || chance < p ? apart : fewest < p ? "same" : "too few";
  return { ...change, p: chance, verdict };
}

function alone({ name, unit, samples }: ComparedMetric, verdict: "only in base" | "only in head"): Change {
  const value = median(samples);
  const [base, head] = verdict === "only in base" ? [value, null] : [null, value];
  return { name, unit, base, head, ratio: null, p: null, verdict };
}
