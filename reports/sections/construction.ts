import { downloadLinks } from "../download.ts";
import { featureSetStyle } from "../feature_sets.ts";
import { duration, numberSpread, percentSpread, significant } from "../format.ts";
import { type Group, metricSpread, metricValues, unfinishedWord } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { imageGrid } from "../images.ts";
import type { Links } from "../paths.ts";
import { spread } from "../../bench/statistics/spread.ts";
import type { LoadedExamples, LoadedRecord, LoadedRun } from "../types.ts";
import { metricRows } from "./results.ts";
import { swatch, tableFrame } from "./_parts.ts";

const COLUMNS = [
  ["meanL2", "Mean L2", "distance moved"],
  ["maxL2", "Largest L2", "distance moved"],
  ["meanLinf", "Mean Linf", "per image"],
  ["maxLinf", "Largest Linf", "over all images"],
] as const;

/** The construction of each set, the distances that its images moved, and examples. */
export function constructionSection(
  run: LoadedRun,
  { groups, links }: { groups: readonly Group[]; links: Links },
): Html | null {
  if (groups.length === 0) return null;
  const metrics = [...COLUMNS.map(([metric]) => metric), "matchedFraction", "targetReachedFraction"];
  return markup`${constructionTable(groups, links)}${
    downloadLinks("construction", metrics.flatMap((metric) => metricRows(groups, metric)))
  }
${groups.map((group) => examplesFigure(group, run.examples))}`;
}

function constructionTable(groups: readonly Group[], links: Links): Html {
  const name = "How the constructed sets were made";
  return tableFrame(
    name,
    markup`<table><caption>${name}: distances from the starting image in pixel units of [0, 1], mean ± sample standard deviation
over seeds (largest: over all seeds). “Reached” is the share of images for which the construction reached its aim.</caption>
<thead><tr><th scope="col">Set</th><th scope="col">Method</th>${
      COLUMNS.map(([, head, note]) => markup`<th scope="col" class="n">${head}<small>${note}</small></th>`)
    }<th scope="col" class="n">Reached</th><th scope="col" class="n">Time</th><th scope="col" class="n">Seeds</th></tr></thead>
<tbody>${groups.map((group) => constructionRow(group, links))}</tbody></table>`,
  );
}

function constructionRow(group: Group, links: Links): Html {
  const any = group.done[0] ?? group.unfinished[0];
  const { method, settings } = methodOf(any.record.config);
  const reached = metricSpread(group, "matchedFraction") ?? metricSpread(group, "targetReachedFraction");
  const time = spread(group.done.map(({ record }) => record.durationMs));
  const none = group.done.length === 0
    ? markup`<span class="bad">${unfinishedWord(group)}</span>`
    : markup`not measured`;
  const all = [...group.done, ...group.unfinished];
  return markup`<tr><th scope="row">${swatch(group.set)}${group.label}</th><td>${method}${
    settings && markup`<small>${settings}</small>`
  }</td>${
    COLUMNS.map(([metric]) => markup`<td class="n">${distance(group, metric) ?? none}</td>`)
  }<td class="n">${reached ? percentSpread(reached) : none}</td><td class="n">${
    time ? duration(time.mean) : none
  }</td><td class="n">${all.map((loaded) => markup`${seedLink(loaded, { group, links })} `)}</td></tr>
`;
}

/** The settings of the construction: whose features or loss, number of steps, and largest distance. */
function methodOf(config: Readonly<Record<string, unknown>>): { method: string; settings: string } {
  const text = (key: string) => {
    const value = config[`${key}Label`] ?? config[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : null;
  };
  const say = (key: string, words: (value: string) => string) => {
    const value = text(key);
    return value === null ? [] : [words(value)];
  };
  const settings = [
    ...say("encoder", (name) => `${name} encoder`),
    ...say("targets", (name) => `target ${name}`),
    ...say("norm", (name) => name),
    ...say("eps", (value) => `eps ${value}`),
    ...say("radius", (value) => `radius ${value}`),
    ...say("steps", (value) => `${value} steps`),
    ...say("stepSize", (value) => `of ${value}`),
  ];
  return { method: text("method") ?? "not recorded", settings: settings.join(", ").replace(", of ", " of ") };
}

function distance(group: Group, metric: string): string | null {
  const value = metricSpread(group, metric);
  if (value === null) return null;
  if (!metric.startsWith("max")) return numberSpread(value);
  return significant(Math.max(...metricValues(group, metric).map((v) => v.value)));
}

function seedLink({ record, path }: LoadedRecord, { group, links }: { group: Group; links: Links }): Html {
  return links.to(path, String(record.seed), `Record of constructing ${group.label}, seed ${record.seed}`);
}

function examplesFigure(group: Group, examples: readonly LoadedExamples[]): Html | null {
  const first = group.done.find(({ record }) => examples.some((e) => e.cell === record.cell));
  const loaded = first && examples.find((e) => e.cell === first.record.cell);
  if (!first || !loaded || loaded.images.examples.length === 0) return null;
  const grid = imageGrid(loaded.images);
  const name = `${group.label}, seed ${first.record.seed}`;
  const px = markup`width="${grid.width}" height="${grid.height}"`;
  const caption = markup`<strong>${group.label}</strong>${grid.triples.length} of the set’s images (seed ${
    String(first.record.seed)
  }): ${featureSetStyle(group.set).meaning}. Difference × ${
    String(grid.factor)
  } (at most 1 % of the values clipped), mid grey is no change; the largest change of a pixel is ${grid.largest}/255.`;
  const row = (head: Html, cells: Html[]) => markup`<tr><th scope="row">${head}</th>${cells}</tr>`;
  const picture = (src: string, alt: string) => markup`<td><img ${px} src="${src}" alt="${alt}"></td>`;
  return markup`<figure><figcaption>${caption}</figcaption>
<div class="scroll" role="region" aria-label="Images of ${name}" tabindex="0"><table class="grid"><caption class="unseen">${group.label}: sources, results and amplified differences</caption>
<tr class="names"><th scope="row">Started from</th>${
    grid.triples.map((t) => markup`<td>${t.sourceLabel}</td>`)
  }</tr>
${row(markup`Source`, grid.triples.map((t) => picture(t.source, `Source image, ${t.sourceLabel}`)))}
${row(markup`Result`, grid.triples.map((t) => picture(t.result, `Result image, labelled ${t.label}`)))}
${
    row(
      markup`Difference<small>× ${String(grid.factor)}</small>`,
      grid.triples.map((t) => picture(t.difference, `Difference, amplified ${grid.factor} times`)),
    )
  }
<tr class="names"><th scope="row">Labelled</th>${grid.triples.map((t) => markup`<td>${t.label}</td>`)}</tr>
</table></div></figure>`;
}
