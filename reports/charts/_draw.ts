import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml } from "../html.ts";
import { rowKey } from "./_row_scale.ts";
import type { ChartRow } from "./rows.ts";

/** Width of every chart's coordinate system in pixels: it stays legible when a phone shrinks it. */
export const CHART_WIDTH = 420;

/**
 * Renders a plot to SVG text without a browser. Colours follow the page (`currentColor`, CSS variables), the
 * size follows the container, and assistive technology reads `alt` in place of the drawing.
 */
export function draw(options: Plot.PlotOptions, { alt }: { alt: string }): string {
  // Neither Deno's types nor linkedom's name the document that both run on.
  const { document } = parseHTML("<!doctype html><html></html>") as unknown as {
    document: NonNullable<Plot.PlotOptions["document"]>;
  };
  const svg = Plot.plot({
    ...options,
    width: CHART_WIDTH,
    document,
  });
  svg.setAttribute("font-size", "12");
  for (const name of ["width", "height"]) svg.removeAttribute(name);
  svg.querySelector("style")?.remove();
  // linkedom leaves "<" and "&" as they are in attributes, so the one attribute with foreign text is set here.
  return svg.outerHTML.replace("<svg ", () => `<svg role="img" aria-label="${escapeHtml(alt)}" `);
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The horizontal axis of a chart of accuracies: always 0 to 100 %, so that charts can be compared side by side. */
export function accuracyAxis(label: string): Plot.ScaleOptions {
  return {
    domain: [0, 1],
    label,
    labelAnchor: "center",
    labelArrow: "none",
    tickFormat: (value: number) => `${value * 100}`,
    ticks: TICKS,
  };
}

/** Faint lines at the ticks of {@linkcode accuracyAxis}. */
export function accuracyGrid(): Plot.Markish {
  return Plot.gridX(TICKS, { stroke: "currentColor", strokeOpacity: 0.15 });
}

/** The accuracy of guessing as a dashed line across the axis of accuracies; null draws none. */
export function chanceRule(
  chance: number | null,
  { axis = "x" }: { axis?: "x" | "y" } = {},
): Plot.Markish | null {
  if (chance === null) return null;
  const style = { stroke: "currentColor", strokeDasharray: "3 3", strokeOpacity: 0.8 };
  return axis === "x" ? Plot.ruleX([chance], style) : Plot.ruleY([chance], style);
}

/** Why a row has no number, in its place. */
export function absentText(rows: readonly ChartRow[]): Plot.Markish {
  return Plot.text(rows.filter((row) => row.mean === null), {
    x: 0,
    y: rowKey,
    text: "absent",
    textAnchor: "start",
    dx: 6,
    fontStyle: "italic",
    fill: "var(--bad)",
    stroke: "var(--page)",
    strokeWidth: 5,
  });
}
