import * as Plot from "@observablehq/plot";
import { listing, percent } from "../format.ts";
import { chanceRule, draw } from "./_draw.ts";
import { wrapLabel } from "./_row_scale.ts";

/** The probe's accuracy while one encoder was trained. */
export interface ProbeCurve {
  readonly label: string;
  readonly color: string;
  readonly seed: number;
  readonly points: readonly { readonly epoch: number; readonly accuracy: number }[];
}

const HEIGHT = 260;
const MARGINS = { marginLeft: 40, marginRight: 92, marginTop: 10, marginBottom: 38 };

/**
 * Probe accuracy by epoch under one paradigm: a line per feature set and seed, in the set's colour, its name at the
 * end. The vertical axis is 0 to 100 % always; the horizontal one is the paradigm's own.
 */
export function probeCurves(curves: readonly ProbeCurve[], { chance }: { chance: number | null }): string {
  const drawn = curves.filter(({ points }) => points.length > 0);
  const points = drawn.flatMap(({ label, color, seed, points }) =>
    points.map((point) => ({ ...point, color, line: `${label}, seed ${seed}` }))
  );
  return draw({
    height: HEIGHT,
    ...MARGINS,
    x: {
      label: "Epochs of training",
      labelAnchor: "center",
      labelArrow: "none",
      domain: [0, Math.max(1, ...points.map(({ epoch }) => epoch))],
      ticks: 5,
      tickFormat: (value: number) => Number.isInteger(value) ? String(value) : "",
      grid: false,
    },
    y: {
      domain: [0, 1],
      label: null,
      tickSize: 0,
      ticks: [0, 0.25, 0.5, 0.75, 1],
      tickFormat: (value: number) => `${value * 100}`,
    },
    marks: [
      Plot.gridY([0, 0.25, 0.5, 0.75, 1], { stroke: "currentColor", strokeOpacity: 0.15 }),
      chanceRule(chance, { axis: "y" }),
      Plot.line(points, { x: "epoch", y: "accuracy", z: "line", stroke: "color", strokeWidth: 1.6 }),
      Plot.dot(points, { x: "epoch", y: "accuracy", r: 2.2, fill: "color" }),
      ...endLabels(drawn).map(({ text, color, accuracy, shift }) =>
        Plot.text([text], {
          frameAnchor: "right",
          textAnchor: "start",
          y: () => accuracy,
          text: (value: string) => value,
          dx: 8,
          dy: shift,
          fill: color,
          fontWeight: 600,
        })
      ),
    ],
  }, { alt: describe(drawn) });
}

/** A name per feature set next to its last points; overlapping names are moved apart. */
function endLabels(curves: readonly ProbeCurve[]) {
  const scale = HEIGHT - MARGINS.marginTop - MARGINS.marginBottom;
  const labels = [...Map.groupBy(curves, ({ label }) => label)].map(([label, mine]) => {
    const last = mine.map(({ points }) => points.at(-1)!.accuracy);
    return {
      text: wrapLabel(label),
      color: mine[0].color,
      accuracy: last.reduce((sum, v) => sum + v, 0) / last.length,
    };
  }).sort((a, b) => b.accuracy - a.accuracy);
  const wanted = labels.map(({ accuracy }) => (1 - accuracy) * scale);
  const room = (index: number) => 8 + 7 * labels[index].text.split("\n").length;
  const apart = (index: number) => (room(index) + room(index - 1)) / 2;
  const placed: number[] = [];
  for (const [index, place] of wanted.entries()) {
    placed.push(index === 0 ? place : Math.max(place, placed[index - 1] + apart(index)));
  }
  // Whatever ran over the bottom goes up again.
  for (let index = placed.length - 1, floor = scale; index >= 0; index--) {
    placed[index] = Math.min(placed[index], floor);
    if (index > 0) floor = placed[index] - apart(index);
  }
  return labels.map((label, index) => ({ ...label, shift: placed[index] - wanted[index] }));
}

function describe(curves: readonly ProbeCurve[]): string {
  const parts = curves.map(({ label, seed, points }) => {
    const [first, last] = [points[0], points.at(-1)!];
    return `${label}, seed ${seed}, from ${percent(first.accuracy)} after epoch ${first.epoch} to ${
      percent(last.accuracy)
    } after epoch ${last.epoch}`;
  });
  return `Line chart, probe accuracy by epoch: ${listing(parts)}`;
}
