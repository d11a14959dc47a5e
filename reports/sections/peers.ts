import { median } from "../../bench/statistics/median.ts";
import type { FrameworkRow, PeersRecord } from "../../bench/records/mod.ts";
import { downloadLinks } from "../download.ts";
import { significant } from "../format.ts";
import { type Html, markup } from "../html.ts";
import { tableFrame } from "./_parts.ts";

/** The same workloads on other frameworks, timed in one interleaved run by `bench peers`. */
export function peersSection(record: PeersRecord): Html {
  const { workloads, rows, frameworks } = record;
  const missing = frameworks.filter(({ missing }) => missing !== null);
  return markup`
<p>Measured by <code>deno task bench peers</code> on ${
    record.startedAt.slice(0, 10)
  }: ${record.machine.name}, ${record.machine.cpu}, Deno ${record.runtime.deno}, ${record.rounds} rounds in which the packages take turns.</p>
${
    workloads.map(({ name, title }) =>
      workloadTable(title, rows.filter(({ workload }) => workload === name), record)
    )
  }
${
    missing.length > 0 &&
    markup`<ul class="plain">${
      missing.map(({ title, missing }) => markup`<li>${title} is left out: ${missing}</li>`)
    }</ul>`
  }
${
    downloadLinks(
      "peers",
      rows.flatMap(({ workload, framework, samplesMs }) =>
        samplesMs.map((value, i) => ({ workload, framework, unit: "ms", round: i + 1, value }))
      ),
    )
  }`;
}

function workloadTable(
  title: string,
  rows: readonly FrameworkRow[],
  { frameworks }: PeersRecord,
): Html | null {
  if (rows.length === 0) return null;
  const body = rows.map(({ framework, samplesMs, ratio, reason, notes }) => {
    const info = frameworks.find(({ name }) => name === framework);
    const remarks = [reason, ...notes].filter((text) => text !== null).join("; ");
    return markup`<tr><th scope="row">${info?.title ?? framework}</th><td>${info?.version ?? ""}</td><td>${
      [info?.backend, info?.device].filter(Boolean).join(", ")
    }</td><td class="n">${
      samplesMs.length > 0 ? significant(median(samplesMs)) : "\u2013"
    }</td><td class="n">${
      samplesMs.length > 0
        ? `${significant(Math.min(...samplesMs))}\u2013${significant(Math.max(...samplesMs))}`
        : ""
    }</td><td class="n">${ratio === null ? "\u2013" : significant(ratio.median)}</td><td>${remarks}</td></tr>
`;
  });
  return tableFrame(
    title,
    markup`<table><caption>${title}: milliseconds, and the time of each by that of this engine in the same round.</caption>
<thead><tr><th scope="col">Package</th><th scope="col">Version</th><th scope="col">On</th><th scope="col" class="n">ms</th><th scope="col" class="n">Range</th><th scope="col" class="n">Times ours</th><th scope="col">Remarks</th></tr></thead>
<tbody>${body}</tbody></table>`,
  );
}
