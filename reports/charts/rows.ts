import { featureSetStyle } from "../feature_sets.ts";
import { type Group, metricValues, paradigmLabel, unfinishedWord } from "../groups.ts";
import { spread } from "../../bench/statistics/spread.ts";

/** One bar or dot row of a chart: a group's value of one metric, with every seed behind it. */
export interface ChartRow {
  readonly paradigm: string;
  readonly label: string;
  readonly color: string;
  readonly mean: number | null;
  /** 95 % t interval clipped to [0, 1]; null below three seeds, where it is too wide to draw. */
  readonly interval: readonly [number, number] | null;
  readonly seeds: readonly { readonly seed: number; readonly value: number }[];
  /** Shown in place of a bar where no seed has a value: "failed", "skipped" or "not measured". */
  readonly absent: string | null;
}

/** The rows of a chart of one metric. */
export function chartRows(groups: readonly Group[], metric: string): ChartRow[] {
  return groups.map((group) => {
    const seeds = metricValues(group, metric).map(({ seed, value }) => ({ seed, value }));
    const stats = spread(seeds.map(({ value }) => value));
    const interval = stats && stats.n >= 3 ? stats.interval : null;
    return {
      paradigm: group.paradigm === null ? "unnamed" : paradigmLabel(group),
      label: group.label,
      color: featureSetStyle(group.set).color,
      mean: stats?.mean ?? null,
      interval: interval && [Math.max(0, interval[0]), Math.min(1, interval[1])],
      seeds,
      absent: stats ? null : unfinishedWord(group) || "not measured",
    };
  });
}
