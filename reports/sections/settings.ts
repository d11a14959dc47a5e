import type { CellView } from "../../bench/records/network.ts";
import { duration, shortHash } from "../format.ts";
import { type Html, markup } from "../html.ts";
import type { LoadedRun } from "../types.ts";
import { variantsTable } from "./variants.ts";
import { paradigmSettings } from "./paradigm_settings.ts";

/** The settings of the run: machine, versions, the whole preset and the complete config of every kind of cell. */
export function settingsSection(run: LoadedRun): Html {
  const records = run.records.map(({ record }) => record);
  return markup`
${definitions(facts(run, records))}
${paradigmSettings(run)}
${run.manifest && json("The preset, after defaults", run.manifest.settings)}
<details><summary>Complete configuration of every cell</summary>
<div class="nested">${records.map((record) => json(record.cell, record.config))}</div></details>
${variantsTable(records)}
${machines(records)}`;
}

function facts(run: LoadedRun, records: readonly CellView[]): [string, string][] {
  const of = (name: (record: CellView) => string) =>
    [...new Set(records.map(name))].join("; ") || "not recorded";
  const manifest = run.manifest;
  return [
    ["Command", manifest?.command ?? "not recorded"],
    ["Run", manifest ? `${manifest.runId}, started ${manifest.startedAt}` : run.name],
    ["Duration", manifest ? duration(manifest.durationMs) : "not recorded"],
    [
      "Machine",
      of(({ machine }) => `${machine.name}, ${machine.os}, ${machine.cpu}, ${machine.cores} cores`),
    ],
    [
      "Adapter",
      of(({ machine: { adapter } }) =>
        `${adapter.description || adapter.device || adapter.vendor}${
          adapter.isFallback ? " (software)" : ""
        }` +
        (adapter.backend === undefined ? "" : `, by ${adapter.backend}`)
      ),
    ],
    ["Driver", of(({ machine }) => machine.driver ?? "not recorded")],
    ["Cells at once", of(({ jobs }) => String(jobs))],
    ["Kernels", of((record) => `${record.readPath} variant`)],
    [
      "Runtime",
      of(({ runtime }) => `Deno ${runtime.deno}, V8 ${runtime.v8}, TypeScript ${runtime.typescript}`),
    ],
    [
      "Commit",
      of((record) => `${record.commit ?? "unknown"}${record.dirty ? ", with uncommitted changes" : ""}`),
    ],
    ["Code and kernels", of((record) => shortHash(record.codeHash))],
    ["Data set", of(({ dataset }) => `${dataset.name}, SHA-256 ${shortHash(dataset.sha256)}`)],
    ["Seeds", [...new Set(records.map(({ seed }) => seed))].sort((a, b) => a - b).join(", ") || "none"],
    ["Records", `${records.length} read`],
  ];
}

function definitions(pairs: readonly (readonly [string, string])[]): Html {
  return markup`<dl>${pairs.map(([term, text]) => markup`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

function json(title: string, value: unknown): Html {
  return markup`<details><summary>${title}</summary><pre tabindex="0">${
    JSON.stringify(value, null, 2)
  }</pre></details>`;
}

function machines(records: readonly CellView[]): Html[] {
  const distinct = new Map(records.map(({ machine }) => [JSON.stringify(machine), machine]));
  return [...distinct.values()].map((machine) =>
    json(`Machine ${machine.name}: adapter, features, limits`, machine)
  );
}
