import { downloadLinks, type Rows } from "../download.ts";
import { count, percent, percentSpread, points } from "../format.ts";
import {
  attackOf,
  byParadigm,
  type Group,
  metricSpread,
  metricValues,
  paradigmLabel,
  unfinishedWord,
} from "../groups.ts";
import { type Html, markup } from "../html.ts";
import type { Links } from "../paths.ts";
import type { Column } from "./_column.ts";
import { swatch, tableFrame } from "./_parts.ts";
import { resultColumns } from "./_result_columns.ts";

/** Rows: training sets of the encoders, per paradigm. Columns: metrics, mean ± SD over seeds. */
export function resultsTable(groups: readonly Group[], links: Links): Html {
  const columns = resultColumns(groups);
  const name = "Usefulness and robustness per feature set";
  return markup`${
    tableFrame(
      name,
      markup`<table><caption>${name}: mean ± sample standard deviation over seeds; under it, the 95 % Student t interval of
the mean (two seeds or more). Numbers under Seeds open the records.</caption>
<thead><tr><th scope="col">Trained on</th>${
        columns.map((c) => markup`<th scope="col" class="n">${c.name}<small>${c.note}</small></th>`)
      }<th scope="col" class="n">Seeds</th></tr></thead>
${byParadigm(groups).map((part) => body(part, { columns, groups, links }))}</table>`,
    )
  }${downloadLinks("results", tableRows(groups, columns))}`;
}

interface BodyContext {
  readonly columns: readonly Column[];
  readonly groups: readonly Group[];
  readonly links: Links;
}

function body(part: readonly Group[], { columns, groups, links }: BodyContext): Html {
  const several = byParadigm(groups).length > 1;
  const paradigm = part[0].paradigm;
  const head = several &&
    markup`<tr><th scope="rowgroup" colspan="${columns.length + 2}"><strong>${
      paradigm === null ? "paradigm not recorded" : paradigmLabel(part[0])
    }</strong></th></tr>`;
  return markup`<tbody>${head}${
    part.map((group) =>
      markup`<tr><th scope="row">${swatch(group.set)}${group.label}</th>${
        group.done.length === 0
          ? unfinishedCells(group, columns)
          : columns.map((column) => cell(group, column))
      }<td class="n">${seedLinks(group, links)}</td></tr>
`
    )
  }</tbody>`;
}

/** One wide cell that says why there are no numbers. */
function unfinishedCells(group: Group, columns: readonly Column[]): Html {
  const reasons = [...new Set(group.unfinished.map(({ record }) => record.reason ?? "no reason recorded"))]
    .join(
      "; ",
    );
  return markup`<td colspan="${columns.length}"><span class="bad">${
    unfinishedWord(group)
  }</span>: ${reasons}</td>`;
}

function cell(group: Group, column: Column): Html {
  const value = column.value(group);
  if (column.key === "relativeUsefulness" && group.set === "natural") {
    return markup`<td class="n quiet">reference</td>`;
  }
  if (value === null) {
    const word = column.key === "relativeUsefulness" ? "undefined" : "not measured";
    return markup`<td class="n quiet">${word}</td>`;
  }
  if (column.key === "largestPerturbation") return perturbationCell(group, column.show(value));
  const between = column.interval && value.interval
    ? markup`<small>${points(value.interval[0])} to ${percent(value.interval[1])}</small>`
    : null;
  const untrained = column.key === "probeAccuracy" ? metricSpread(group, "untrainedProbeAccuracy") : null;
  return markup`<td class="n">${column.show(value)}${between}${
    untrained && markup`<small>untrained encoder ${percentSpread(untrained)}</small>`
  }</td>`;
}

/** The largest over seeds and attacks, not their mean, against the radius that was asked for. */
function perturbationCell(group: Group, mean: string): Html {
  const largest = Math.max(
    ...["largestPerturbation", "autoAttackLargestPerturbation"].flatMap((metric) =>
      metricValues(group, metric).map(({ value }) => value)
    ),
  );
  const asked = group.done.flatMap((r) => attackOf(r)?.eps ?? []);
  if (asked.length === 0) return markup`<td class="n">${mean}</td>`;
  const eps = Math.max(...asked);
  const over = largest > eps + 1e-6;
  return markup`<td class="n"><span class="${over ? "bad" : "within"}">${largest.toFixed(4)}</span><small>${
    over ? "above" : "within"
  } ${eps.toFixed(4)}</small></td>`;
}

function seedLinks(group: Group, links: Links): Html {
  const all = [...group.done, ...group.unfinished].sort((a, b) => a.record.seed - b.record.seed);
  const anchors = all.map(({ record, path }) =>
    markup`${links.to(path, String(record.seed), `Record of ${group.label}, seed ${record.seed}`)}${
      group.done.length > 0 && group.unfinished.some((other) => other.path === path) &&
      markup` <span class="bad">${record.status}</span>`
    } `
  );
  const missing = group.unfinished.length > 0 && group.done.length > 0
    ? markup`<small>numbers from ${count(group.done.length, "seed")} of ${all.length}</small>`
    : null;
  return markup`${anchors}${missing}`;
}

function tableRows(groups: readonly Group[], columns: readonly Column[]): Rows {
  return groups.map((group) => ({
    paradigm: group.paradigm,
    trainedOn: group.label,
    seeds: group.done.length,
    failedOrSkipped: group.unfinished.length,
    untrainedProbeAccuracy: metricSpread(group, "untrainedProbeAccuracy")?.mean ?? null,
    ...Object.fromEntries(columns.flatMap((column) => {
      const value = column.value(group);
      return [
        [column.key, value?.mean ?? null],
        [`${column.key} sd`, value?.sd ?? null],
        [`${column.key} low`, value?.interval?.[0] ?? null],
        [`${column.key} high`, value?.interval?.[1] ?? null],
      ];
    })),
  }));
}
