import * as Plot from "@observablehq/plot";
import type { ChartRow } from "./rows.ts";

/** The vertical scale of a chart with a row per feature set, under a heading per paradigm where there are several. */
export interface RowScale {
  /** Height of the rows in pixels. */
  readonly height: number;
  readonly y: Plot.ScaleOptions;
  /** The paradigms' names, or nothing where there is one. */
  readonly headings: Plot.Markish | null;
}

const ROW = 34;

/** A row's place on the scale. */
export function rowKey({ paradigm, label }: Pick<ChartRow, "paradigm" | "label">): string {
  return `${paradigm}: ${label}`;
}

/** One band per row, and one per heading; a paradigm shows only the rows that it has. */
export function rowScale(rows: readonly ChartRow[], { marginLeft }: { marginLeft: number }): RowScale {
  const paradigms = [...new Set(rows.map(({ paradigm }) => paradigm))];
  const several = paradigms.length > 1;
  const labels = new Map(rows.map((row) => [rowKey(row), wrapLabel(row.label)]));
  const domain = paradigms.flatMap((paradigm) => [
    ...several ? [paradigm] : [],
    ...new Set(rows.filter((row) => row.paradigm === paradigm).map(rowKey)),
  ]);
  return {
    height: ROW * domain.length,
    y: {
      type: "band",
      domain,
      label: null,
      tickSize: 0,
      tickFormat: (key: string) => labels.get(key) ?? "",
      padding: 0.32,
    },
    headings: several
      ? Plot.text(paradigms, {
        y: (paradigm: string) => paradigm,
        text: (paradigm: string) => paradigm,
        frameAnchor: "left",
        dx: -marginLeft,
        dy: 4,
        fontWeight: 600,
        stroke: "var(--page)",
        strokeWidth: 4,
        fill: "currentColor",
      })
      : null,
  };
}

/** Breaks a label after its first comma or before a bracket, so that it fits next to the bars. */
export function wrapLabel(label: string): string {
  return label.replace(", adversarially trained", ",\nadv. trained").replace(" (", "\n(");
}
