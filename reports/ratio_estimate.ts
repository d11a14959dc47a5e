import { binomialDraws, type Uniform, uniform } from "./binomial_draws.ts";
import { spread } from "../bench/statistics/spread.ts";

/** One seed's (accuracy - chance) / (natural - chance), or why it has none. */
export type Ratio =
  | { readonly seed: number; readonly reason: string }
  | {
    readonly seed: number;
    readonly accuracy: number;
    readonly natural: number;
    readonly chance: number;
    /** Images behind each accuracy; null where it is not recorded. */
    readonly testSize: number | null;
  };

type Defined = Exclude<Ratio, { reason: string }>;

/** A mean over seeds with its 95 % interval, and what the interval speaks of. */
export interface Estimate {
  readonly seeds: readonly { readonly seed: number; readonly value: number }[];
  /** Null where no seed has a value: undefined, never 0. */
  readonly mean: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /**
   * "seeds": Student t interval of the mean over seeds. "test images": one seed, so the interval covers only the
   * choice of the test images. Null without an interval.
   */
  readonly source: "seeds" | "test images" | null;
  /** Why seeds are missing, or the interval is. */
  readonly reasons: readonly string[];
}

const DRAWS = 4000;

/** The way to combine one seed's values, one per paradigm. */
export type Combination = "minimum" | "mean";

const COMBINE: Readonly<Record<Combination, (values: readonly number[]) => number>> = {
  minimum: (values) => Math.min(...values),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

/**
 * Combines the ratios of several paradigms seed by seed, then takes the mean over seeds. With two seeds or more the
 * interval is Student's t of the combined values. With one it is the parametric bootstrap of the accuracies as
 * binomial shares of the test set, each drawn independently: for the mean, 2.5 % cut off at each end; for the
 * minimum over k paradigms, from the smallest 2.5 % point among them to the smallest 100 - 2.5 / k % point. (The
 * bootstrap of the minimum itself lies too low where paradigms are close; these ends hold with 95 % or more.)
 *
 * @param ratios One list per paradigm.
 */
export function ratioEstimate(
  ratios: readonly (readonly Ratio[])[],
  combination: Combination = "mean",
): Estimate {
  const reasons = ratios.flatMap((list) => list.flatMap((ratio) => "reason" in ratio ? [ratio.reason] : []));
  const all = [...new Set(ratios.flatMap((list) => list.map(({ seed }) => seed)))].sort((a, b) => a - b);
  const complete = all.flatMap((seed) => {
    const mine = ratios.flatMap((list) => list.filter((ratio) => ratio.seed === seed)).filter(isDefined);
    return mine.length === ratios.length ? [{ seed, ratios: mine }] : [];
  });
  for (const seed of all) {
    const known = ratios.filter((list) => list.some((ratio) => ratio.seed === seed)).length;
    if (known < ratios.length) {
      reasons.push(`seed ${seed}: only ${known} of ${ratios.length} paradigms have a cell`);
    }
  }
  const seeds = complete.map(({ seed, ratios }) => ({
    seed,
    value: COMBINE[combination](ratios.map(valueOf)),
  }));
  const stats = spread(seeds.map(({ value }) => value));
  if (stats === null) return { seeds, mean: null, interval: null, source: null, reasons };
  if (stats.interval) return { seeds, mean: stats.mean, interval: stats.interval, source: "seeds", reasons };
  const interval = bootstrap(complete[0].ratios, combination);
  return typeof interval === "string"
    ? { seeds, mean: stats.mean, interval: null, source: null, reasons: [...reasons, interval] }
    : { seeds, mean: stats.mean, interval, source: "test images", reasons };
}

function isDefined(ratio: Ratio): ratio is Defined {
  return !("reason" in ratio);
}

function valueOf({ accuracy, natural, chance }: Defined): number {
  return (accuracy - chance) / (natural - chance);
}

/** The interval, or the reason why it is missing. */
function bootstrap(ratios: readonly Defined[], combination: Combination): [number, number] | string {
  if (ratios.some(({ testSize }) => testSize === null)) {
    return "no interval: one seed, and the size of the test set is not recorded";
  }
  const random = uniform(0);
  const draws = ratios.map((ratio) => ratioDraws(ratio, random));
  const [low, high] = combination === "minimum" ? minimumEnds(draws) : meanEnds(draws);
  return Number.isFinite(low) && Number.isFinite(high)
    ? [low, high]
    : "no interval: natural is too close to chance for one";
}

function meanEnds(draws: readonly Float64Array[]): [number, number] {
  const means = Float64Array.from({ length: DRAWS }, (_, at) => COMBINE.mean(draws.map((list) => list[at])));
  return ends(means, [0.025, 0.975]);
}

/**
 * Below: the paradigm that is truly smallest has its own 2.5 % point above its value in 2.5 % of the cases, and the
 * smallest such point is no higher. Above: one of k points lies below its value in at most k times 2.5 / k %.
 */
function minimumEnds(draws: readonly Float64Array[]): [number, number] {
  const each = draws.map((list) => ends(list, [0.025, 1 - 0.025 / draws.length]));
  return [Math.min(...each.map(([low]) => low)), Math.min(...each.map(([, high]) => high))];
}

/** The least draws with at least these shares of the draws at or below them. */
function ends(draws: Float64Array, levels: readonly [number, number]): [number, number] {
  const sorted = draws.toSorted();
  const at = (level: number) => sorted[Math.ceil(level * sorted.length) - 1];
  return [at(levels[0]), at(levels[1])];
}

/** A draw in which natural is not above chance has no ratio; it counts as infinite, so that no end hides it. */
function ratioDraws({ accuracy, natural, chance, testSize }: Defined, random: Uniform): Float64Array {
  const options = { trials: testSize!, count: DRAWS, random };
  const [tops, own] = [binomialDraws(natural, options), binomialDraws(accuracy, options)];
  return tops.map((top, index) =>
    top > chance ? (own[index] - chance) / (top - chance) : own[index] < chance ? -Infinity : Infinity
  );
}
