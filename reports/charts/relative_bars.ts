import * as Plot from "@observablehq/plot";
import { featureSetStyle } from "../feature_sets.ts";
import { listing, percent, points } from "../format.ts";
import { shortParadigm } from "../groups.ts";
import type { Estimate } from "../ratio_estimate.ts";
import type { SetUsefulness } from "../relative_usefulness.ts";
import { CHART_WIDTH, draw } from "./_draw.ts";
import { wrapLabel } from "./_row_scale.ts";

interface Bar {
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly color: string;
  readonly over: boolean;
  readonly estimate: Estimate;
}

/** The axis never reaches further than this, so that one wide interval does not flatten every bar. */
const LIMITS = [-0.5, 1.75] as const;

const MARGINS = { marginLeft: 40, marginRight: 8, marginTop: 28, marginBottom: 68 };

/** Slots that a group takes at least, so that neighbours' names do not touch. */
const MIN_SLOTS = 3;

/**
 * Grouped bars of relative usefulness: a group per feature set, a bar per paradigm, then minimum and mean over the
 * paradigms (hollow). Bar = mean over seeds, open dots = seeds, thin line = 95 % interval, with an arrow where it
 * leaves the frame; lines at 0 (chance) and 100 % (natural).
 */
export function relativeBars(sets: readonly SetUsefulness[]): string {
  const bars = sets.flatMap(barsOf);
  const measured = bars.filter(({ estimate }) => estimate.mean !== null);
  const [low, high] = frame(measured);
  const inside = (value: number) => Math.min(high, Math.max(low, value));
  const intervals = measured.filter(({ estimate }) => estimate.interval);
  const ends = intervals.flatMap(({ key, estimate }) =>
    estimate.interval!.flatMap((end) => end === inside(end) ? [] : [{ key, end: inside(end) }])
  );
  const dots = measured.flatMap(({ key, estimate }) => estimate.seeds.map(({ value }) => ({ key, value })));
  const groups = sets.map((set) => {
    const keys = barsOf(set).map(({ key }) => key);
    // A narrow group gets room for its name on both sides.
    const side = Math.max(0, Math.ceil((MIN_SLOTS - keys.length) / 2));
    const room = (where: string) => Array.from({ length: side }, (_, at) => `${where} ${set.label} ${at}`);
    return { label: set.label, keys, slots: [...room("before"), ...keys, ...room("after")] };
  });
  const domain = groups.flatMap(({ label, slots }, at) => [...at > 0 ? [`gap ${label}`] : [], ...slots]);
  const step = (CHART_WIDTH - MARGINS.marginLeft - MARGINS.marginRight) / domain.length;
  return draw({
    height: 310,
    ...MARGINS,
    x: { type: "band", domain, axis: null, padding: 0.22, round: false },
    y: {
      domain: [low, high],
      clamp: true,
      label: "Relative usefulness, %",
      labelAnchor: "top",
      labelArrow: "none",
      labelOffset: MARGINS.marginLeft,
      tickSize: 0,
      ticks: ticks(low, high),
      tickFormat: (value: number) => String(100 * value).replace("-", "\u2212"),
    },
    marks: [
      Plot.gridY(ticks(low, high), { stroke: "currentColor", strokeOpacity: 0.15 }),
      Plot.barY(measured.filter(({ over }) => !over), {
        x: "key",
        y1: 0,
        y2: (bar: Bar) => inside(bar.estimate.mean!),
        fill: "color",
      }),
      Plot.barY(measured.filter(({ over }) => over), {
        x: "key",
        y1: 0,
        y2: (bar: Bar) => inside(bar.estimate.mean!),
        fill: "var(--page)",
        stroke: "color",
        strokeWidth: 2,
        inset: 1,
      }),
      Plot.ruleY([0], { stroke: "currentColor" }),
      Plot.ruleY([1], { stroke: "currentColor", strokeDasharray: "5 3" }),
      Plot.ruleX(intervals, {
        x: "key",
        y1: (bar: Bar) => inside(bar.estimate.interval![0]),
        y2: (bar: Bar) => inside(bar.estimate.interval![1]),
        stroke: "currentColor",
        strokeWidth: 1.25,
      }),
      Plot.dot(ends, {
        x: "key",
        y: "end",
        symbol: "triangle",
        rotate: ({ end }: { end: number }) => end === low ? 180 : 0,
        r: 3,
        fill: "currentColor",
      }),
      Plot.dot(dots, {
        x: "key",
        y: ({ value }: { value: number }) => inside(value),
        r: 2.4,
        fill: "var(--page)",
        stroke: "currentColor",
        strokeWidth: 1,
      }),
      Plot.text(bars.filter(({ estimate }) => estimate.mean === null), {
        x: "key",
        y: 0,
        text: () => "undefined",
        rotate: -90,
        textAnchor: "start",
        dy: -6,
        fontStyle: "italic",
        fill: "var(--bad)",
        stroke: "var(--page)",
        strokeWidth: 4,
      }),
      Plot.text(bars, {
        x: "key",
        text: "name",
        frameAnchor: "bottom",
        rotate: -90,
        textAnchor: "end",
        dy: 6,
        fontSize: 11,
      }),
      ...groups.map(({ label, keys }) =>
        Plot.text([keys[Math.floor((keys.length - 1) / 2)]], {
          x: (key: string) => key,
          text: () => wrapLabel(label),
          frameAnchor: "bottom",
          lineAnchor: "top",
          dx: keys.length % 2 === 0 ? step / 2 : 0,
          dy: 42,
          fontWeight: 600,
        })
      ),
    ],
  }, { alt: describe(bars) });
}

function barsOf({ set, label, paradigms, minimum, mean }: SetUsefulness): Bar[] {
  const { color } = featureSetStyle(set);
  const bar = (name: string, { estimate, over }: { estimate: Estimate; over: boolean }): Bar => ({
    key: `${label}: ${name}`,
    name,
    label,
    color,
    over,
    estimate,
  });
  return [
    ...paradigms.map(({ paradigm, estimate }) => bar(shortParadigm(paradigm), { estimate, over: false })),
    ...minimum ? [bar("min", { estimate: minimum, over: true })] : [],
    ...mean ? [bar("mean", { estimate: mean, over: true })] : [],
  ];
}

/** Ends of the axis, multiples of a quarter: 0, 1, every seed, and the intervals as far as the limits allow. */
function frame(bars: readonly Bar[]): [number, number] {
  const seeds = bars.flatMap(({ estimate }) => estimate.seeds.map(({ value }) => value));
  const ends = bars.flatMap(({ estimate }) => estimate.interval ?? []);
  const limit = (value: number) => Math.min(LIMITS[1], Math.max(LIMITS[0], value));
  const all = [0, 1.1, ...seeds, ...ends].map(limit);
  return [Math.floor(Math.min(...all) * 4) / 4, Math.ceil(Math.max(...all) * 4) / 4];
}

function ticks(low: number, high: number): number[] {
  const count = Math.round((high - low) * 4) + 1;
  return Array.from({ length: count }, (_, index) => low + index / 4);
}

function describe(bars: readonly Bar[]): string {
  const parts = bars.map(({ label, name, estimate: { mean, interval } }) => {
    if (mean === null) return `${label}, ${name} undefined`;
    const between = interval ? ` (${points(interval[0])} to ${percent(interval[1])})` : "";
    return `${label}, ${name} ${percent(mean)}${between}`;
  });
  return `Bar chart, relative usefulness, natural is 100 % and chance 0: ${listing(parts)}`;
}
