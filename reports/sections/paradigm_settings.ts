import { isObject } from "../../common/is_object.ts";
import { byParadigm, groupOverSeeds, shortParadigm } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import type { LoadedRecord, LoadedRun } from "../types.ts";
import { tableFrame } from "./_parts.ts";

/** The parts of a config in which paradigms differ. */
const PARTS = ["paradigm", "model", "training", "probe"] as const;

/** The settings of every paradigm side by side, or null if no encoder had standard training. */
export function paradigmSettings(run: LoadedRun): Html | null {
  const columns = byParadigm(groupOverSeeds(run, "train")).map((part) => {
    const records = part.flatMap(({ done, unfinished }) => [...done, ...unfinished])
      .filter(({ record }) => record.training !== "adversarial");
    return { name: shortParadigm(part[0].paradigm), settings: settingsOf(records) };
  }).filter(({ settings }) => settings.size > 0);
  const keys = PARTS.flatMap((part) => [
    ...new Set(
      columns.flatMap(({ settings }) => [...settings.keys()].filter((key) => key.split(".")[0] === part)),
    ),
  ]);
  if (keys.length === 0) return null;
  const name = "Settings of each paradigm";
  return tableFrame(
    name,
    markup`<table><caption>${name}, encoders after standard training; several values if cells differ.</caption>
<thead><tr><th scope="col">Setting</th>${
      columns.map((column) => markup`<th scope="col">${column.name}</th>`)
    }</tr></thead>
<tbody>${
      keys.map((key) =>
        markup`<tr><th scope="row">${key}</th>${
          columns.map(({ settings }) => {
            const values = settings.get(key);
            return values ? markup`<td>${[...values].join("; ")}</td>` : markup`<td class="quiet">–</td>`;
          })
        }</tr>
`
      )
    }</tbody></table>`,
  );
}

/** The distinct values of each setting among records, by its path: "training.batchSize". */
function settingsOf(records: readonly LoadedRecord[]): Map<string, Set<string>> {
  const settings = new Map<string, Set<string>>();
  for (const { record } of records) {
    for (const part of PARTS) {
      for (const [key, text] of flatten(part, record.config[part])) {
        settings.set(key, (settings.get(key) ?? new Set()).add(text));
      }
    }
  }
  return settings;
}

/** The label of a value ("8/255" of eps) replaces the value. */
function flatten(path: string, value: unknown): [string, string][] {
  if (value === undefined) return [];
  if (!isObject(value)) return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key.endsWith("Label") && key.slice(0, -5) in value) return [];
    return flatten(`${path}.${key}`, value[`${key}Label`] ?? inner);
  });
}
