import type { CellRecord } from "../../bench/records/mod.ts";
import { type Html, markup } from "../html.ts";
import { tableFrame } from "./_parts.ts";

/** The variant used for each operation, folded; null if no operation has several. */
export function variantsTable(records: readonly Pick<CellRecord, "variants">[]): Html | null {
  const taken = new Map<string, Set<string>>();
  for (const { variants } of records) {
    for (const [operation, way] of Object.entries(variants)) {
      taken.set(operation, (taken.get(operation) ?? new Set()).add(way));
    }
  }
  if (taken.size === 0) return null;
  const name = "Ways of computing that were chosen";
  const table =
    markup`<table><caption>For each operation, its shapes and settings: all ways give the same bits, so they \
decide the speed alone; several where cells differ.</caption>
<thead><tr><th scope="col">Operation</th><th scope="col">Way</th></tr></thead>
<tbody>${
      [...taken].sort(([a], [b]) => a < b ? -1 : 1).map(([operation, ways]) =>
        markup`<tr><th scope="row">${operation}</th><td>${[...ways].sort().join("; ")}</td></tr>
`
      )
    }</tbody></table>`;
  return markup`<details><summary>${name}</summary>${tableFrame(name, table)}</details>`;
}
