import { relativeBars } from "../charts/relative_bars.ts";
import { downloadLinks, type Rows } from "../download.ts";
import { percent, points } from "../format.ts";
import { byParadigm, type Group, metricSpread, shortParadigm } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { learntFromNatural } from "../learnt.ts";
import type { Estimate } from "../ratio_estimate.ts";
import { relativeUsefulness, type SetUsefulness } from "../relative_usefulness.ts";
import { usefulnessWords } from "../relative_words.ts";
import { chartFigure, swatch, tableFrame } from "./_parts.ts";

/** The first figure: how useful each feature set is under every paradigm, relative to natural. Null without one. */
export function relativeSection(groups: readonly Group[]): Html | null {
  if (!groups.some((group) => metricSpread(group, "probeAccuracy"))) return null;
  const sets = relativeUsefulness(groups);
  if (sets.length === 0) return null;
  return markup`<p>Usefulness is the test accuracy of a linear probe on the frozen encoder. Relative usefulness is (accuracy − chance) /
(accuracy of natural − chance), under the same paradigm and seed: 100 % is as good as the natural images, 0 is guessing.</p>
<div class="charts">${
    chartFigure({
      title: "Relative usefulness of each feature set under each paradigm",
      caption: `Bar: mean over seeds${
        sets.some(({ minimum }) => minimum) ? "; hollow: minimum and mean over the paradigms" : ""
      }. Dots: seeds. Thin line: ${
        intervalWords(sets)
      }, arrowhead: the interval extends beyond the axis. Dashed: natural.`,
      svg: relativeBars(sets),
      data: downloadLinks("relative-usefulness", downloadRows(sets)),
    })
  }</div>
<p><strong>Meaning of “real” here.</strong> A feature set would be real in the sense of this figure if it were useful under every paradigm:
the interval of its minimum over them lies above 0, and the more so the nearer to 100 %. No threshold between is agreed on, so none
is applied.</p>
<ul class="plain">${sets.map((set) => markup`<li>${usefulnessWords(set)}</li>`)}</ul>
${unlearntNote(groups)}${relativeTable(sets, groups)}${undefinedList(sets)}`;
}

/** Paradigms whose ratios say little, since their natural encoder is no better than an untrained one. */
function unlearntNote(groups: readonly Group[]): Html | null {
  const unclear = learntFromNatural(groups).filter(({ clear }) => !clear);
  return unclear.length === 0
    ? null
    : markup`<div class="notice" role="note"><p><strong>Not clearly learnt.</strong> Trained on the natural images, these
encoders are not better than untrained ones by more than the sampling error of the test images: ${
      unclear.map(({ paradigm, trained, untrained }) =>
        `${shortParadigm(paradigm)} ${percent(trained)} against ${percent(untrained)}`
      ).join(", ")
    }. Their ratios say little about what training on a feature set brought.</p></div>`;
}

/** The source of the figure's intervals. */
function intervalWords(sets: readonly SetUsefulness[]): string {
  const sources = new Set(sets.flatMap(estimatesOf).map(({ estimate }) => estimate.source));
  const words = [
    ...sources.has("seeds") ? ["95\u00a0% t interval over seeds"] : [],
    ...sources.has("test images")
      ? [
        "95\u00a0% interval over test images (one seed: a bootstrap of the accuracies; says nothing about other seeds)",
      ]
      : [],
  ];
  return words.length ? words.join(", or ") : "interval (none could be given)";
}

function estimatesOf({ paradigms, minimum, mean }: SetUsefulness): { over: string; estimate: Estimate }[] {
  return [
    ...paradigms.map(({ paradigm, estimate }) => ({ over: shortParadigm(paradigm), estimate })),
    ...minimum ? [{ over: "minimum", estimate: minimum }] : [],
    ...mean ? [{ over: "mean", estimate: mean }] : [],
  ];
}

function relativeTable(sets: readonly SetUsefulness[], groups: readonly Group[]): Html {
  const names = [...new Set(sets.flatMap(estimatesOf).map(({ over }) => over))];
  const all = byParadigm(groups).map(([{ paradigm }]) => shortParadigm(paradigm));
  const columns = [...all, "minimum", "mean"].filter((name) => names.includes(name));
  const name = "Relative usefulness per feature set and paradigm";
  const cell = (set: SetUsefulness, column: string) => {
    const found = estimatesOf(set).find(({ over }) => over === column);
    if (!found) return markup`<td class="n quiet">not run</td>`;
    const { mean, interval, source } = found.estimate;
    if (mean === null) return markup`<td class="n"><span class="bad">undefined</span></td>`;
    const between = interval &&
      markup`<small>${points(interval[0])} to ${percent(interval[1])}${
        source === "seeds" ? "" : "*"
      }</small>`;
    return markup`<td class="n">${percent(mean)}${between}</td>`;
  };
  const starred = sets.some((set) =>
    estimatesOf(set).some(({ estimate }) => estimate.source === "test images")
  );
  return tableFrame(
    name,
    markup`<table><caption>${name}: mean over seeds, under it the 95 % interval${
      starred && " (* one seed: over test images only, by parametric bootstrap)"
    }. Minimum and mean are taken over the paradigms seed by seed, then averaged over seeds.</caption>
<thead><tr><th scope="col">Trained on</th>${
      columns.map((column) => markup`<th scope="col" class="n">${column}</th>`)
    }</tr></thead>
<tbody>${
      sets.map((set) =>
        markup`<tr><th scope="row">${swatch(set.set)}${set.label}</th>${
          columns.map((column) => cell(set, column))
        }</tr>
`
      )
    }</tbody></table>`,
  );
}

/** Why values or intervals are missing, each reason once. */
function undefinedList(sets: readonly SetUsefulness[]): Html | null {
  const reasons = sets.flatMap((set) =>
    [...new Set(estimatesOf(set).flatMap(({ estimate }) => estimate.reasons))].map((reason) =>
      `${set.label}, ${reason}`
    )
  );
  return reasons.length === 0 ? null : markup`<p>Not shown, with the reason:</p>
<ul class="plain">${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`;
}

function downloadRows(sets: readonly SetUsefulness[]): Rows {
  return sets.flatMap((set) =>
    estimatesOf(set).flatMap(({ over, estimate }) => {
      const row = { trainedOn: set.label, over, seeds: estimate.seeds.length };
      const [low, high] = estimate.interval ?? [null, null];
      return [
        {
          ...row,
          seed: null,
          value: estimate.mean,
          low,
          high,
          intervalOver: estimate.source,
          reasons: estimate.reasons.join("; "),
        },
        ...estimate.seeds.map(({ seed, value }) => ({
          ...row,
          seed,
          value,
          low: null,
          high: null,
          intervalOver: null,
          reasons: "",
        })),
      ];
    })
  );
}
