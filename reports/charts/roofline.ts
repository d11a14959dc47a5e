import * as Plot from "@observablehq/plot";
import { listing, significant } from "../format.ts";
import { draw } from "./_draw.ts";
import { placeLabels } from "./_place_labels.ts";

/** One kernel under the roof. */
export interface RooflineDot {
  /** The text next to the dot: the kernel's row in a table. */
  readonly number: number;
  readonly name: string;
  /** Flops for each byte of its inputs and outputs; above 0. */
  readonly intensity: number;
  readonly gflops: number;
}

/** The adapter's measured limits. */
export interface Roof {
  /** GFLOP/s. */
  readonly arithmetic: number;
  /** Ways to memory in GB/s. */
  readonly memory: readonly { readonly name: string; readonly gbPerSecond: number }[];
}

const WIDTH = 420, HEIGHT = 320;
const MARGINS = { marginLeft: 44, marginRight: 14, marginTop: 16, marginBottom: 38 };

/**
 * GFLOP/s by arithmetic intensity, both logarithmic: each measured ceiling as a line, the fastest way to memory and
 * arithmetic as the roof, a numbered dot per kernel.
 */
export function roofline(dots: readonly RooflineDot[], roof: Roof): string {
  const x = domain(dots.map(({ intensity }) => intensity));
  const y = domain([...dots.map(({ gflops }) => gflops), roof.arithmetic]);
  const ways = roof.memory.toSorted((a, b) => b.gbPerSecond - a.gbPerSecond);
  const lines = ways.map((way, i) => ({
    ...way,
    best: i === 0,
    points: slope(way.gbPerSecond, roof, { x, y }),
  }));
  const ridge = Math.max(x[0], roof.arithmetic / (ways[0]?.gbPerSecond ?? Infinity));
  const labels = placeLabels(dots.map((dot) => ({
    text: String(dot.number),
    x: place(dot.intensity, x, [MARGINS.marginLeft, WIDTH - MARGINS.marginRight]),
    y: place(dot.gflops, y, [HEIGHT - MARGINS.marginBottom, MARGINS.marginTop]),
  })));
  const stroke = "currentColor";
  return draw({
    height: HEIGHT,
    ...MARGINS,
    x: {
      type: "log",
      domain: x,
      label: "Flops for each byte moved",
      labelAnchor: "center",
      labelArrow: "none",
      ...TICKS,
    },
    y: { type: "log", domain: y, label: null, tickSize: 0, ...TICKS },
    marks: [
      Plot.gridY({ stroke, strokeOpacity: 0.12, ticks: TICKS.ticks }),
      ...lines.filter(({ points }) => points.length > 0).map(({ points, best }) =>
        Plot.line(points, {
          stroke,
          strokeWidth: best ? 1.6 : 1,
          ...(best ? {} : { strokeDasharray: "4 3" }),
        })
      ),
      Plot.line([[ridge, roof.arithmetic], [x[1], roof.arithmetic]], { stroke, strokeWidth: 1.6 }),
      Plot.text([[x[1], roof.arithmetic]], {
        text: () => `arithmetic, ${significant(roof.arithmetic)} GFLOP/s`,
        textAnchor: "end",
        dy: -7,
        fill: stroke,
      }),
      ...lines.filter(({ points }) => points.length > 0).map(({ name, gbPerSecond, points, best }, i) =>
        Plot.text([along(points, best ? 0.6 : 0.55 - 0.25 * i)], {
          text: () => `${name}, ${significant(gbPerSecond)} GB/s`,
          textAnchor: best ? "end" : "start",
          dx: best ? -6 : 8,
          dy: best ? -4 : 6,
          fill: stroke,
          stroke: "var(--page)",
          strokeWidth: 3,
        })
      ),
      Plot.dot(dots, { x: "intensity", y: "gflops", r: 2.6, fill: "var(--link)" }),
      ...dots.map((dot, i) =>
        Plot.text([dot], {
          x: "intensity",
          y: "gflops",
          text: "number",
          dx: labels[i].dx,
          dy: labels[i].dy,
          fontSize: 9,
          fill: "var(--link)",
        })
      ),
    ],
  }, { alt: describe(dots, roof) });
}

const TICKS = {
  ticks: 4,
  tickFormat: (value: number) => Number.isInteger(Math.log10(value)) ? `${value}` : "",
};

/** A range from a little below the minimum to a little above the maximum, at least a factor of ten. */
function domain(values: readonly number[]): [number, number] {
  const min = Math.min(...values), max = Math.max(...values);
  const low = values.length === 0 ? 1 : min / 1.8, high = values.length === 0 ? 10 : max * 1.8;
  return high / low >= 10 ? [low, high] : [Math.sqrt(low * high / 10), Math.sqrt(low * high * 10)];
}

/** The part of y = bandwidth * x that is below the arithmetic ceiling and within the chart; none: an empty list. */
function slope(
  gbPerSecond: number,
  { arithmetic }: Roof,
  { x, y }: { x: [number, number]; y: [number, number] },
): [number, number][] {
  const from = Math.max(x[0], y[0] / gbPerSecond), to = Math.min(x[1], arithmetic / gbPerSecond);
  return from < to ? [[from, from * gbPerSecond], [to, to * gbPerSecond]] : [];
}

/** A point of a line, 0 at its beginning and 1 at its end, as seen on logarithmic axes. */
function along([[x0, y0], [x1, y1]]: [number, number][], t: number): [number, number] {
  return [x0 * (x1 / x0) ** t, y0 * (y1 / y0) ** t];
}

function place(value: number, [low, high]: [number, number], [from, to]: [number, number]): number {
  return from + (to - from) * Math.log(value / low) / Math.log(high / low);
}

function describe(dots: readonly RooflineDot[], { arithmetic, memory }: Roof): string {
  const limits = [
    `arithmetic ${significant(arithmetic)} GFLOP/s`,
    ...memory.map(({ name, gbPerSecond }) => `${name} ${significant(gbPerSecond)} GB/s`),
  ];
  const kernels = dots.map(({ number, name, intensity, gflops }) =>
    `${number} ${name}, ${significant(gflops)} GFLOP/s at ${significant(intensity)} flops per byte`
  );
  return `Roofline chart. Ceilings: ${listing(limits)}. Kernels: ${listing(kernels)}`;
}
