import { duration, mebibytes, percent, shortHash, significant } from "../format.ts";
import type { Group } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import type { Links } from "../paths.ts";
import { type LoadedRecord, pathOfMetric } from "../types.ts";
import type { Metric } from "../../bench/records/mod.ts";
import { swatch, tableFrame } from "./_parts.ts";

/** Every number of every record; each opens the record that holds it. */
export function seedsSection(groups: readonly Group[], links: Links): Html {
  const records = groups.flatMap((group) =>
    [...group.done, ...group.unfinished].map((loaded) => ({ group, loaded }))
  );
  if (records.length === 0) return markup`<p>No cell has a record.</p>`;
  const rows = records.flatMap(({ group, loaded }) => recordRows(group, { loaded, links }));
  const name = "Every cell, seed by seed";
  return markup`<details><summary>${name}: all numbers, records and hashes of artifacts</summary>${
    tableFrame(
      name,
      markup`<table><caption>${name}. Each number opens the record that it stands in; artifacts show the first twelve digits
of their SHA-256.</caption>
<thead><tr><th scope="col">Cell</th><th scope="col">Status</th><th scope="col" class="n">Time</th><th scope="col">Numbers</th><th scope="col">Artifacts</th></tr></thead>
<tbody>${rows}</tbody></table>`,
    )
  }</details>`;
}

function recordRows(group: Group, { loaded, links }: { loaded: LoadedRecord; links: Links }): Html {
  const { record, path } = loaded;
  const bad = record.status === "failed" || record.status === "skipped";
  const numbers = Object.entries(record.metrics).map(([name, metric]) =>
    markup`<div>${name} ${
      links.to(
        pathOfMetric(loaded, name),
        metricText(metric),
        `${name} of ${record.cell}: ${metricText(metric)}`,
      )
    }</div>`
  );
  const artifacts = record.artifacts.map((artifact) =>
    markup`<div>${
      links.to(artifact.path, artifact.kind, `${artifact.kind} of ${record.cell}`)
    } <span class="hash">${shortHash(artifact.sha256)}</span></div>`
  );
  return markup`<tr><th scope="row">${swatch(group.set)}${links.to(path, record.cell)}</th><td>${
    bad ? markup`<span class="bad">${record.status}</span>` : record.status
  }</td><td class="n">${duration(record.durationMs)}</td><td>${numbers.length ? numbers : "none"}</td><td>${
    artifacts.length ? artifacts : "none"
  }</td></tr>
`;
}

function metricText({ value, unit }: Metric): string {
  if (unit === "fraction") return percent(value);
  if (unit === "bytes") return mebibytes(value);
  return unit === "1" ? significant(value) : `${significant(value)} ${unit}`;
}
