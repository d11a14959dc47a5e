import * as Plot from "@observablehq/plot";
import { listing, percent } from "../format.ts";
import { absentText, accuracyAxis, accuracyGrid, chanceRule, draw, facetTitles } from "./_draw.ts";
import type { ChartRow } from "./rows.ts";

/** Settings of a bar chart of accuracies. */
export interface AccuracyBarsOptions {
  /** What the bars show, in the words of the axis: "Clean test accuracy". */
  readonly measure: string;
  /** Accuracy of guessing, drawn as a dashed line; null draws none. */
  readonly chance: number | null;
}

/**
 * Horizontal bars of an accuracy per feature set, one panel per paradigm: bar = mean over seeds, open dots =
 * seeds, thin line = 95 % t interval (from three seeds on), dashed line = chance. The axis is 0 to 100 % always, so
 * that charts can be compared side by side.
 */
export function accuracyBars(rows: readonly ChartRow[], options: AccuracyBarsOptions): string {
  const facets = [...new Set(rows.map((row) => row.paradigm))];
  const facet = facets.length > 1 ? { fy: "paradigm" } : {};
  const measured = rows.filter((row) => row.mean !== null);
  const dots = rows.flatMap((row) => row.seeds.map(({ value }) => ({ ...row, value })));
  return draw({
    height: 44 + facets.length * (20 + 34 * new Set(rows.map((row) => row.label)).size),
    marginLeft: 92,
    marginRight: 58,
    marginTop: facets.length > 1 ? 24 : 6,
    marginBottom: 38,
    x: accuracyAxis(options.measure),
    y: {
      domain: [...new Set(rows.map((row) => row.label))],
      label: null,
      tickSize: 0,
      tickFormat: wrapLabel,
      padding: 0.32,
    },
    fy: { domain: facets, label: null, axis: null },
    marks: [
      facetTitles(facets),
      accuracyGrid(),
      Plot.barX(measured, { ...facet, x: "mean", y: "label", fill: "color" }),
      Plot.ruleY(rows.filter((row) => row.interval), {
        ...facet,
        x1: (row: ChartRow) => row.interval![0],
        x2: (row: ChartRow) => row.interval![1],
        y: "label",
        stroke: "currentColor",
        strokeWidth: 1.25,
      }),
      Plot.dot(dots, {
        ...facet,
        x: "value",
        y: "label",
        r: 3,
        fill: "var(--page)",
        stroke: "currentColor",
        strokeWidth: 1.1,
      }),
      chanceRule(options.chance),
      Plot.text(measured, {
        ...facet,
        y: "label",
        text: (row: ChartRow) => percent(row.mean!),
        frameAnchor: "right",
        textAnchor: "end",
        dx: 56,
      }),
      absentText(rows, facet),
    ],
  }, { alt: describe(rows, options) });
}

function describe(rows: readonly ChartRow[], { measure, chance }: AccuracyBarsOptions): string {
  const several = new Set(rows.map((row) => row.paradigm)).size > 1;
  const parts = rows.map((row) =>
    `${several ? `${row.paradigm}, ` : ""}${row.label} ${row.mean === null ? row.absent : percent(row.mean)}`
  );
  return `Bar chart, ${measure}: ${listing(parts)}${chance === null ? "" : `; chance ${percent(chance)}`}`;
}

/** Breaks a label after its first comma or before a bracket, so that it fits beside the bars. */
export function wrapLabel(label: string): string {
  return label.replace(", adversarially trained", ",\nadv. trained").replace(" (", "\n(");
}
