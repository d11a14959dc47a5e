import type { CellRecord } from "../../bench/records/mod.ts";
import { type Html, markup } from "../html.ts";
import { tableFrame } from "./_parts.ts";

/** The variant used for each operation, folded; null if no operation has several. */
export function variantsTable(records: readonly Pick<CellRecord, "variants">[]): Html | null {
  const taken = new Map<string, Set<string>>();
  for (const { variants } of records) {
    for (const [operation, variant] of Object.entries(variants)) {
      taken.set(operation, (taken.get(operation) ?? new Set()).add(variant));
    }
  }
  if (taken.size === 0) return null;
  const name = "Variants used";
  const table =
    markup`<table><caption>The variant of each operation, by its shapes and settings. All variants give the same bits and \
differ only in speed; several are listed if cells differ.</caption>
<thead><tr><th scope="col">Operation</th><th scope="col">Variant</th></tr></thead>
<tbody>${
      [...taken].sort(([a], [b]) => a < b ? -1 : 1).map(([operation, used]) =>
        markup`<tr><th scope="row">${operation}</th><td>${[...used].sort().join("; ")}</td></tr>
`
      )
    }</tbody></table>`;
  return markup`<details><summary>${name}</summary>${tableFrame(name, table)}</details>`;
}
