import { autoAttackLabels, autoAttackOf, settingsWords } from "../auto_attack.ts";
import { accuracyBars } from "../charts/accuracy_bars.ts";
import { chartRows } from "../charts/rows.ts";
import { downloadLinks, type Rows } from "../download.ts";
import { attackLabels, attackOf, type Group, metricSpread, metricValues, paradigmLabel } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import type { Links } from "../paths.ts";
import type { LoadedRecord } from "../types.ts";
import { cascadeTable } from "./cascade_table.ts";
import { resultsTable } from "./results_table.ts";
import { chartFigure } from "./_parts.ts";

/** Bar charts of usefulness and robustness by paradigm and feature set, and the main table. */
export function resultsSection(groups: readonly Group[], links: Links): Html {
  if (groups.length === 0) return markup`<p>No record of this run trains an encoder.</p>`;
  const chance = metricSpread(groups.find((g) => metricSpread(g, "chance")) ?? groups[0], "chance")?.mean ??
    null;
  const attacks = attackLabels(groups), autoAttacks = autoAttackLabels(groups);
  const hasProbe = groups.some((group) => metricSpread(group, "probeAccuracy"));
  const figure = (metric: string, { title, note, measure, name }: FigureWords) =>
    groups.some((group) => metricSpread(group, metric)) && chartFigure({
      title,
      caption: `${note} ${LEGEND}${ROBUST.has(metric) || chance === null ? "" : " Dashed: guessing."}`,
      svg: accuracyBars(chartRows(groups, metric), {
        measure,
        chance: ROBUST.has(metric) ? null : chance,
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
    figure("autoAttackAccuracy", {
      title: "Robustness: accuracy under AutoAttack",
      note: `${oneOf(autoAttacks)} Clean accuracy and PGD on the same images stand in the table.`,
      measure: "Robust accuracy (AutoAttack), %",
      name: "robust-accuracy-autoattack",
    })
  }
${
    figure("robustAccuracy", {
      title: autoAttacks.length === 0
        ? "Robustness: accuracy on attacked test images"
        : "For comparison: accuracy under PGD, all test images",
      note: oneOf(attacks),
      measure: autoAttacks.length === 0 ? "Robust accuracy, %" : "Accuracy under PGD, %",
      name: "robust-accuracy",
    })
  }
</div>
${resultsTable(groups, links)}
${cascadeTable(groups)}`;
}

/** Metrics that guessing gives no line for. */
const ROBUST = new Set(["robustAccuracy", "autoAttackAccuracy", "pgdAccuracy"]);

function oneOf(settings: readonly string[]): string {
  return settings.length === 1 ? `${settings[0]}.` : "The attack of each row stands in the table.";
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
    ...group.unfinished.map(({ record, path }) => ({
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
    paradigm: group.paradigm === null ? null : paradigmLabel(group),
    featureSet: group.label,
    metric,
    seed,
    value,
    status: loaded?.record.status ?? null,
    attack: loaded && ROBUST.has(metric) ? attackWords(loaded, metric) : null,
    record: path,
  };
}

/** The attack behind a robust accuracy. */
function attackWords(loaded: LoadedRecord, metric: string): string | null {
  if (metric !== "autoAttackAccuracy") return attackOf(loaded)?.label ?? null;
  const view = autoAttackOf(loaded);
  return view && settingsWords(view);
}
