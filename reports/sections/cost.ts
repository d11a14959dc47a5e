import { downloadLinks } from "../download.ts";
import { duration, mebibytes, numberSpread } from "../format.ts";
import { byParadigm, type Group, metricSpread, metricValues, shortParadigm } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { spread } from "../../bench/statistics/spread.ts";
import { swatch, tableFrame } from "./_parts.ts";

const METRICS = ["imagesPerSecond", "flops", "peakBytes"] as const;

/** Time, speed, operations and memory of each cell, or null where nothing was trained. */
export function costSection(groups: readonly Group[]): Html | null {
  const done = groups.filter((group) => group.done.length > 0);
  if (done.length === 0) return null;
  const name = "Cost of each cell";
  return markup`${
    tableFrame(
      name,
      markup`<table><caption>${name}: mean ± sample standard deviation over seeds. Time covers training, probe and
attacks together, on the machine below, ${atOnce(done)}.</caption>
<thead><tr><th scope="col">Trained on</th><th scope="col" class="n">Time</th><th scope="col" class="n">Images/s<small>training</small></th><th scope="col" class="n">Operations<small>GFLOP</small></th><th scope="col" class="n">Peak GPU memory<small>largest over seeds</small></th></tr></thead>
<tbody>${byParadigm(done).map((part) => part.map(row))}</tbody></table>`,
    )
  }${downloadLinks("cost", done.flatMap(downloadRows))}`;
}

/** How many cells shared the machine: times mean something together with that. */
function atOnce(groups: readonly Group[]): string {
  const jobs = groups.flatMap(({ done }) => done.map(({ record }) => record.jobs ?? 1));
  const distinct = [...new Set(jobs)].sort((a, b) => a - b);
  return distinct.length === 1 && distinct[0] === 1
    ? "which worked on one cell at a time"
    : `which worked on up to ${distinct.join(" or ")} cells at once`;
}

function row(group: Group): Html {
  const time = spread(group.done.map(({ record }) => record.durationMs))!;
  const speed = metricSpread(group, "imagesPerSecond");
  const flops = spread(metricValues(group, "flops").map(({ value }) => value / 1e9));
  const bytes = metricValues(group, "peakBytes").map(({ value }) => value);
  const none = "not measured";
  return markup`<tr><th scope="row">${swatch(group.set)}${shortParadigm(group.paradigm)}, ${group.label}${
    takenOver(group)
  }</th><td class="n">${duration(time.mean)}</td><td class="n">${
    speed ? numberSpread(speed) : none
  }</td><td class="n">${flops ? numberSpread(flops) : none}</td><td class="n">${
    bytes.length ? mebibytes(Math.max(...bytes)) : none
  }</td></tr>
`;
}

/** Names the runs from which numbers of a row are reused; nothing if all are the run's own. */
function takenOver({ done }: Group): Html | null {
  const runs = done.flatMap(({ reusedFrom = {} }) => Object.values(reusedFrom));
  if (runs.length === 0) return null;
  const cells = done.reduce((sum, { parts = [] }) => sum + 1 + parts.length, 0);
  return markup`<small>${`${runs.length} of ${cells} cells reused, times too, from ${
    [...new Set(runs)].join(", ")
  }`}</small>`;
}

function downloadRows(group: Group) {
  return group.done.map(({ record, path, reusedFrom = {} }) => ({
    paradigm: group.paradigm,
    trainedOn: group.label,
    seed: record.seed,
    durationMs: record.durationMs,
    jobs: record.jobs ?? 1,
    reusedFrom: [...new Set(Object.values(reusedFrom))].join(" "),
    ...Object.fromEntries(METRICS.map((metric) => [metric, record.metrics[metric]?.value ?? null])),
    record: path,
  }));
}
