import * as Plot from "@observablehq/plot";
import { listing, percent } from "../format.ts";
import { absentText, accuracyAxis, accuracyGrid, chanceRule, draw, facetTitles } from "./_draw.ts";
import { wrapLabel } from "./accuracy_bars.ts";
import type { ChartRow } from "./rows.ts";

/** A row of the calibration chart: accuracy on the test split that carries one cue only. */
export interface CueRow extends ChartRow {
  readonly cue: "robust cue only" | "non-robust cue only";
}

const STYLE = {
  "robust cue only": { symbol: "circle", color: "var(--set-robust)" },
  "non-robust cue only": { symbol: "diamond2", color: "var(--set-non-robust)" },
} as const;

/**
 * Which planted cue a cell uses: per feature set, its accuracy where only the robust cue is shown (discs) and where
 * only the non-robust cue is (diamonds). Large marks are means over seeds, small ones seeds; dashed line = chance.
 */
export function cueDots(rows: readonly CueRow[], { chance }: { chance: number | null }): string {
  const facets = [...new Set(rows.map((row) => row.paradigm))];
  const facet = facets.length > 1 ? { fy: "paradigm" } : {};
  const labels = [...new Set(rows.map((row) => row.label))];
  const both = labels.flatMap((label) =>
    facets.map((paradigm) => {
      const means = rows.filter((row) =>
        row.label === label && row.paradigm === paradigm && row.mean !== null
      );
      return { label, paradigm, means: means.map((row) => row.mean!) };
    })
  ).filter(({ means }) => means.length === 2);
  const cueMarks = Object.entries(STYLE).flatMap(([cue, { symbol, color }]) => {
    const mine = rows.filter((row) => row.cue === cue && row.mean !== null);
    const seeds = mine.flatMap((row) => row.seeds.map(({ value }) => ({ ...row, value })));
    return [
      Plot.dot(seeds, {
        ...facet,
        x: "value",
        y: "label",
        symbol,
        r: 2.6,
        stroke: color,
        strokeOpacity: 0.9,
      }),
      Plot.dot(mine, { ...facet, x: "mean", y: "label", symbol, r: 5.5, fill: color, stroke: "var(--page)" }),
    ];
  });
  return draw({
    height: 44 + facets.length * (20 + 34 * labels.length),
    marginLeft: 92,
    marginRight: 16,
    marginTop: facets.length > 1 ? 24 : 6,
    marginBottom: 38,
    x: accuracyAxis("Accuracy with one cue shown, %"),
    y: { type: "band", domain: labels, label: null, tickSize: 0, tickFormat: wrapLabel },
    fy: { domain: facets, label: null, axis: null },
    marks: [
      facetTitles(facets),
      accuracyGrid(),
      Plot.ruleY(both, {
        ...facet,
        x1: (row: { means: number[] }) => Math.min(...row.means),
        x2: (row: { means: number[] }) => Math.max(...row.means),
        y: "label",
        stroke: "currentColor",
        strokeOpacity: 0.45,
      }),
      chanceRule(chance),
      ...cueMarks,
      absentText(rows.filter((row) => row.cue === "robust cue only"), facet),
    ],
  }, { alt: describe(rows, chance) });
}

function describe(rows: readonly CueRow[], chance: number | null): string {
  const parts = rows.map((row) =>
    `${row.label}, ${row.cue} ${row.mean === null ? row.absent : percent(row.mean)}`
  );
  return `Dot chart, accuracy with one cue shown: ${listing(parts)}${
    chance === null ? "" : `; chance ${percent(chance)}`
  }`;
}
