import { accuracyBars } from "../charts/accuracy_bars.ts";
import { chartRows } from "../charts/rows.ts";
import { downloadLinks, type Rows } from "../download.ts";
import { attackLabels, attackOf, type Group, metricSpread, metricValues, PARADIGMS } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import type { Links } from "../paths.ts";
import { resultsTable } from "./results_table.ts";
import { chartFigure } from "./_parts.ts";

/** The main table and its two bar charts. */
export function resultsSection(groups: readonly Group[], links: Links): Html {
  if (groups.length === 0) return markup`<p>No record of this run trains an encoder.</p>`;
  const chance = metricSpread(groups.find((g) => metricSpread(g, "chance")) ?? groups[0], "chance")?.mean ??
    null;
  const attacks = attackLabels(groups);
  const legend =
    "Bar: mean over seeds. Dots: seeds. Thin line, from three seeds on: 95\u00a0% t interval of the mean.";
  const anyRobust = groups.some((group) => metricSpread(group, "robustAccuracy"));
  return markup`
${resultsTable(groups, links)}
<div class="charts">
${
    chartFigure({
      title: "Usefulness: clean test accuracy",
      caption: `${legend}${chance === null ? "" : " Dashed: guessing."}`,
      svg: accuracyBars(chartRows(groups, "cleanAccuracy"), { measure: "Clean test accuracy, %", chance }),
      data: downloadLinks("usefulness", metricRows(groups, "cleanAccuracy")),
    })
  }
${
    anyRobust && chartFigure({
      title: "Robustness: accuracy on attacked test images",
      caption: `${
        attacks.length === 1 ? `${attacks[0]}. ` : "The attack of each row stands in the table. "
      }${legend}`,
      svg: accuracyBars(chartRows(groups, "robustAccuracy"), { measure: "Robust accuracy, %", chance: null }),
      data: downloadLinks("robust-accuracy", metricRows(groups, "robustAccuracy")),
    })
  }
</div>`;
}

/** Every seed's value of one metric, with the record that holds it: what a chart's links save. */
export function metricRows(groups: readonly Group[], metric: string): Rows {
  return groups.flatMap((group) => [
    ...metricValues(group, metric).map(({ seed, value, path }) => row(group, { metric, seed, value, path })),
    ...group.undone.map(({ record, path }) => ({
      ...row(group, { metric, seed: record.seed, value: null, path }),
      status: record.status,
    })),
  ]);
}

function row(
  group: Group,
  { metric, seed, value, path }: { metric: string; seed: number; value: number | null; path: string },
) {
  const loaded = group.done.find((other) => other.path === path);
  return {
    paradigm: group.paradigm === null ? null : PARADIGMS[group.paradigm],
    featureSet: group.label,
    metric,
    seed,
    value,
    status: loaded?.record.status ?? null,
    attack: metric === "robustAccuracy" && loaded ? attackOf(loaded)?.label ?? null : null,
    record: path,
  };
}
