import * as Plot from "@observablehq/plot";
import { listing, percent } from "../format.ts";
import { absentText, accuracyAxis, accuracyGrid, chanceRule, draw } from "./_draw.ts";
import { rowKey, rowScale } from "./_row_scale.ts";
import type { ChartRow } from "./rows.ts";

/** Settings of a bar chart of accuracies. */
export interface AccuracyBarsOptions {
  /** The axis label of the bars: "Clean test accuracy". */
  readonly measure: string;
  /** Accuracy of guessing, drawn as a dashed line; null draws none. */
  readonly chance: number | null;
}

const MARGIN_LEFT = 92;

/**
 * Horizontal bars of an accuracy per feature set, under a heading per paradigm: bar = mean over seeds, open dots =
 * seeds, thin line = 95 % t interval (from three seeds on), dashed line = chance. The axis is 0 to 100 % always, so
 * that charts can be compared side by side.
 */
export function accuracyBars(rows: readonly ChartRow[], options: AccuracyBarsOptions): string {
  const measured = rows.filter((row) => row.mean !== null);
  const dots = rows.flatMap((row) => row.seeds.map(({ value }) => ({ ...row, value })));
  const scale = rowScale(rows, { marginLeft: MARGIN_LEFT });
  return draw({
    height: 44 + scale.height,
    marginLeft: MARGIN_LEFT,
    marginRight: 58,
    marginTop: 6,
    marginBottom: 38,
    x: accuracyAxis(options.measure),
    y: scale.y,
    marks: [
      accuracyGrid(),
      Plot.barX(measured, { x: "mean", y: rowKey, fill: "color" }),
      Plot.ruleY(rows.filter((row) => row.interval), {
        x1: (row: ChartRow) => row.interval![0],
        x2: (row: ChartRow) => row.interval![1],
        y: rowKey,
        stroke: "currentColor",
        strokeWidth: 1.25,
      }),
      Plot.dot(dots, {
        x: "value",
        y: rowKey,
        r: 3,
        fill: "var(--page)",
        stroke: "currentColor",
        strokeWidth: 1.1,
      }),
      chanceRule(options.chance),
      Plot.text(measured, {
        y: rowKey,
        text: (row: ChartRow) => percent(row.mean!),
        frameAnchor: "right",
        textAnchor: "end",
        dx: 56,
      }),
      absentText(rows),
      scale.headings,
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
