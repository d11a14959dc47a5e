import { percentSpread } from "../format.ts";
import { type Group, metricSpread } from "../groups.ts";
import type { Spread } from "../../bench/statistics/spread.ts";

/** A column of the main table. */
export interface Column {
  readonly name: string;
  readonly note: string;
  /** Key in the downloaded data. */
  readonly key: string;
  readonly value: (group: Group) => Spread | null;
  readonly show: (spread: Spread) => string;
  /** Whether a 95 % interval stands under the value. */
  readonly interval?: boolean;
}

/** A column of a metric that is an accuracy. */
export function accuracyColumn(metric: string, [name, note]: readonly [string, string]): Column {
  return {
    name,
    note,
    key: metric,
    value: (group) => metricSpread(group, metric),
    show: percentSpread,
    interval: true,
  };
}
