import { commitText, type History, type HistoryLine, type HistoryMetric } from "../../bench/records/mod.ts";
import { historyLine, type HistoryPoint } from "../charts/history_line.ts";
import { downloadLinks } from "../download.ts";
import { type Html, markup } from "../html.ts";
import { chartFigure, tableFrame } from "./_parts.ts";

/** Charts of one preset and machine; further metrics are only in the data. */
const MAX_CHARTS = 12;

/** Measurements over time, one part per preset and class of machines; null if the history is empty. */
export function historySection({ entries, problems }: History): Html | null {
  if (entries.length === 0 && problems.length === 0) return null;
  const parts = Map.groupBy(
    entries,
    ({ preset, machine }) => `${preset}, ${machine.cpu}, ${machine.cores} cores, ${machine.adapter}`,
  );
  return markup`<p>Each dot is a line of the history; the vertical rule is its interval, as in the table. Dots are
joined while data and configuration are the same. Each class of machines has its own charts, since their times are not comparable.</p>${
    problems.map(({ line, reason }) => markup`<p class="quiet">Line ${line} of the history: ${reason}.</p>`)
  }${[...parts].map(([name, list]) => partOf(name, list))}`;
}

function partOf(name: string, entries: readonly HistoryLine[]): Html {
  const all = entries.flatMap((entry) => entry.metrics.map((metric) => ({ entry, metric })));
  const quantities = [
    ...Map.groupBy(all, ({ metric: { cell, name } }) => cell === "" ? name : `${cell} / ${name}`),
  ]
    .sort(([, a], [, b]) => rank(a) - rank(b));
  const rows = quantities.flatMap(([quantity, list]) =>
    list.map(({ entry, metric }) => ({
      quantity,
      time: entry.startedAt,
      commit: entry.commit,
      commits: commitText(entry),
      value: metric.value,
      low: metric.interval?.[0] ?? null,
      high: metric.interval?.[1] ?? null,
      unit: metric.unit,
      statistic: metric.statistic,
    }))
  );
  const left = quantities.length - MAX_CHARTS;
  return markup`<h3>${name}</h3>
<div class="charts">${
    quantities.slice(0, MAX_CHARTS).map(([quantity, list]) => {
      const [{ metric }] = list.slice(-1), unit = metric.kind === "accuracy" ? "%" : metric.unit;
      return chartFigure({
        title: quantity,
        caption: `In ${unit}, ${metric.better} is better; ${metric.statistic}.`,
        svg: historyLine(list.map(pointOf), { name: `${quantity} in ${unit}` }),
        data: markup``,
      });
    })
  }</div>${
    left > 0
      ? markup`<p class="quiet">${
        String(left)
      } further quantities stand in the table alone; those that changed come first.</p>`
      : null
  }<div>${downloadLinks("history", rows)}<details><summary>As a table</summary>${
    tableFrame(
      `History, ${name}`,
      markup`<table><caption>History, ${name}</caption>
<thead><tr><th scope="col">Quantity</th><th scope="col">Time</th><th scope="col">Commit</th><th scope="col" class="n">Value</th>
<th scope="col" class="n">Low</th><th scope="col" class="n">High</th><th scope="col">Unit</th><th scope="col">Statistic</th></tr></thead>
<tbody>${
        rows.map(({ quantity, time, commits, value, low, high, unit, statistic }) =>
          markup`<tr><th scope="row">${quantity}</th><td>${time}</td><td>${commits}</td><td class="n">${
            number(value)
          }</td><td class="n">${number(low)}</td><td class="n">${
            number(high)
          }</td><td>${unit}</td><td>${statistic}</td></tr>
`
        )
      }</tbody></table>`,
    )
  }</details></div>`;
}

/** Sort key: changed metrics first, and accuracies before times. */
function rank(list: readonly { metric: HistoryMetric }[]): number {
  const changed = list.some(({ metric: { value } }) => value !== list[0].metric.value);
  return (changed ? 0 : ORDER.length) + ORDER.indexOf(list[0].metric.kind);
}

const ORDER: readonly HistoryMetric["kind"][] = ["accuracy", "time", "memory"];

function pointOf({ entry, metric }: { entry: HistoryLine; metric: HistoryMetric }): HistoryPoint {
  const scale = metric.kind === "accuracy" ? 100 : 1;
  const interval = metric.interval && [scale * metric.interval[0], scale * metric.interval[1]] as const;
  const config = `${entry.data} ${entry.configHashes[metric.cell] ?? ""}`;
  return { time: entry.startedAt, value: scale * metric.value, interval, config };
}

function number(value: number | null): string {
  return value === null ? "none" : String(Number(value.toPrecision(5)));
}
