import { accuracyBars } from "../charts/accuracy_bars.ts";
import { chartRows } from "../charts/rows.ts";
import { downloadLinks, type Rows } from "../download.ts";
import { attackLabels, attackOf, type Group, metricSpread, metricValues, PARADIGMS } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import type { Links } from "../paths.ts";
import { resultsTable } from "./results_table.ts";
import { chartFigure } from "./_parts.ts";

/** Bar charts of usefulness and robustness by paradigm and feature set, and the main table. */
export function resultsSection(groups: readonly Group[], links: Links): Html {
  if (groups.length === 0) return markup`<p>No record of this run trains an encoder.</p>`;
  const chance = metricSpread(groups.find((g) => metricSpread(g, "chance")) ?? groups[0], "chance")?.mean ??
    null;
  const attacks = attackLabels(groups);
  const hasProbe = groups.some((group) => metricSpread(group, "probeAccuracy"));
  const figure = (metric: string, { title, note, measure, name }: FigureWords) =>
    groups.some((group) => metricSpread(group, metric)) && chartFigure({
      title,
      caption: `${note} ${LEGEND}${
        metric === "robustAccuracy" || chance === null ? "" : " Dashed: guessing."
      }`,
      svg: accuracyBars(chartRows(groups, metric), {
        measure,
        chance: metric === "robustAccuracy" ? null : chance,
      }),
      data: downloadLinks(name, metricRows(groups, metric)),
    });
  return markup`
<div class="charts">
${
    hasProbe
      ? figure("probeAccuracy", {
        title: "Usefulness: probe accuracy",
        note: "A linear probe on the frozen encoder, natural test images.",
        measure: "Probe accuracy, %",
        name: "usefulness",
      })
      : figure("cleanAccuracy", {
        title: "Clean test accuracy",
        note: "The classifier that is attacked; no probe was trained.",
        measure: "Clean test accuracy, %",
        name: "clean-accuracy",
      })
  }
${
    figure("robustAccuracy", {
      title: "Robustness: accuracy on attacked test images",
      note: attacks.length === 1 ? `${attacks[0]}.` : "The attack of each row stands in the table.",
      measure: "Robust accuracy, %",
      name: "robust-accuracy",
    })
  }
</div>
${resultsTable(groups, links)}`;
}

interface FigureWords {
  readonly title: string;
  readonly note: string;
  readonly measure: string;
  /** Name of the downloaded files. */
  readonly name: string;
}

const LEGEND =
  "Bar: mean over seeds. Dots: seeds. Thin line, from three seeds on: 95\u00a0% t interval of the mean.";

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
