import * as Plot from "@observablehq/plot";
import { listing, percent } from "../format.ts";
import { absentText, accuracyAxis, accuracyGrid, chanceRule, draw } from "./_draw.ts";
import { rowKey, rowScale } from "./_row_scale.ts";
import type { ChartRow } from "./rows.ts";

/** A row of the calibration chart: accuracy on the test split that carries one cue only. */
export interface CueRow extends ChartRow {
  readonly cue: "robust cue only" | "non-robust cue only";
}

const STYLE = {
  "robust cue only": { symbol: "circle", color: "var(--set-robust)" },
  "non-robust cue only": { symbol: "diamond2", color: "var(--set-non-robust)" },
} as const;

const MARGIN_LEFT = 92;

/**
 * The planted cue that a cell uses: per feature set, its accuracy where only the robust cue is shown (discs) and where
 * only the non-robust cue is (diamonds). Large marks are means over seeds, small ones seeds; dashed line = chance.
 */
export function cueDots(rows: readonly CueRow[], { chance }: { chance: number | null }): string {
  const scale = rowScale(rows, { marginLeft: MARGIN_LEFT });
  const both = [...Map.groupBy(rows.filter((row) => row.mean !== null), rowKey).values()]
    .filter((pair) => pair.length === 2)
    .map((pair) => ({ ...pair[0], ends: pair.map((row) => row.mean!) }));
  const cueMarks = Object.entries(STYLE).flatMap(([cue, { symbol, color }]) => {
    const mine = rows.filter((row) => row.cue === cue && row.mean !== null);
    const seeds = mine.flatMap((row) => row.seeds.map(({ value }) => ({ ...row, value })));
    return [
      Plot.dot(seeds, {
        x: "value",
        y: rowKey,
        symbol,
        r: 2.6,
        stroke: color,
        strokeOpacity: 0.9,
      }),
      Plot.dot(mine, { x: "mean", y: rowKey, symbol, r: 5.5, fill: color, stroke: "var(--page)" }),
    ];
  });
  return draw({
    height: 44 + scale.height,
    marginLeft: MARGIN_LEFT,
    marginRight: 16,
    marginTop: 6,
    marginBottom: 38,
    x: accuracyAxis("Accuracy with one cue shown, %"),
    y: scale.y,
    marks: [
      accuracyGrid(),
      Plot.ruleY(both, {
        x1: (row: { ends: number[] }) => Math.min(...row.ends),
        x2: (row: { ends: number[] }) => Math.max(...row.ends),
        y: rowKey,
        stroke: "currentColor",
        strokeOpacity: 0.45,
      }),
      chanceRule(chance),
      ...cueMarks,
      absentText(rows.filter((row) => row.cue === "robust cue only")),
      scale.headings,
    ],
  }, { alt: describe(rows, chance) });
}

function describe(rows: readonly CueRow[], chance: number | null): string {
  const several = new Set(rows.map((row) => row.paradigm)).size > 1;
  const parts = rows.map((row) =>
    `${several ? `${row.paradigm}, ` : ""}${row.label}, ${row.cue} ${
      row.mean === null ? row.absent : percent(row.mean)
    }`
  );
  return `Dot chart, accuracy with one cue shown: ${listing(parts)}${
    chance === null ? "" : `; chance ${percent(chance)}`
  }`;
}
