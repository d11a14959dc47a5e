import * as Plot from "@observablehq/plot";
import { draw } from "./_draw.ts";

/** One quantity at one time. */
export interface HistoryPoint {
  /** ISO 8601. */
  readonly time: string;
  readonly value: number;
  readonly interval: readonly [low: number, high: number] | null;
  /** Hash of data and configuration: points with different hashes are not joined. */
  readonly config: string;
}

/**
 * One quantity over time: a dot for each line of the history, its interval as a rule, the dots joined in the order of
 * their times where the configuration is the same. The vertical axis need not begin at zero.
 *
 * @param options.name For those who cannot see it: the quantity with its unit.
 */
export function historyLine(points: readonly HistoryPoint[], { name }: { name: string }): string {
  const rows = points.map(({ time, value, interval, config }) => ({
    time: new Date(time),
    value,
    config,
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null,
  })).sort((a, b) => a.time.getTime() - b.time.getTime());
  const [min, max] = [Math.min, Math.max].map((pick) =>
    pick(...rows.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]))
  );
  const room = max > min ? 0 : Math.abs(max) / 10 || 1; // around what never changed
  const domain = [min - room, max + room];
  return draw({
    height: 130,
    marginLeft: 56,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 28,
    x: { type: "utc", label: null, ticks: 4 },
    y: { label: null, ticks: 4, tickSize: 0, domain, nice: true, tickFormat: number },
    marks: [
      Plot.gridY({ ticks: 4, stroke: "currentColor", strokeOpacity: 0.15 }),
      Plot.ruleX(rows.filter(({ low }) => low !== null), {
        x: "time",
        y1: "low",
        y2: "high",
        stroke: "currentColor",
        strokeOpacity: 0.5,
      }),
      Plot.line(rows, { x: "time", y: "value", z: "config", stroke: "currentColor", strokeWidth: 1.4 }),
      Plot.dot(rows, { x: "time", y: "value", r: 2.6, fill: "currentColor" }),
    ],
  }, { alt: describe(points, name) });
}

function describe(points: readonly HistoryPoint[], name: string): string {
  const parts = points.map(({ time, value, interval }) =>
    `${time.slice(0, 10)} ${number(value)}${
      interval === null ? "" : ` (${interval.map(number).join(" to ")})`
    }`
  );
  return `Line chart, ${name}: ${parts.join(", ")}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
