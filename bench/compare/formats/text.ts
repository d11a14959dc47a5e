import { formatTable } from "../../terminal/table.ts";
import { changedOf, COLUMNS, describeSide, methodsOf, rowOf, summaryOf, type TableOptions } from "./cells.ts";
import type { Comparison } from "../comparison.ts";

/** The comparison as text for people: the quantities, how they were judged, then what became of all. */
export function formatText(comparison: Comparison, { onlyChanged = false }: TableOptions = {}): string {
  const { base, head, unlike } = comparison;
  const shown = onlyChanged ? changedOf(comparison) : comparison.changes;
  const right = new Set<string>(["base", "head", "change", "95 % interval", "p"]);
  const columns = COLUMNS.map((title) => ({ title, align: right.has(title) ? "right" : "left" } as const));
  return [
    `Base: ${describeSide(base)}\nHead: ${describeSide(head)}\n`,
    ...[...base.notes, ...head.notes].map((note) => `Note: ${note}\n`),
    unlike.length > 0 ? `Unlike: ${unlike.map(({ detail }) => detail).join("; ")}\n` : "",
    ...shown.length === 0 ? [] : [
      `\n${formatTable(columns, shown.map(rowOf))}\n`,
      "Change: of accuracies in points, of others how many times worse (below 1 is better).\n",
    ],
    ...methodsOf(shown).map((method) => `Judged by: ${method}\n`),
    `${summaryOf(comparison)}.\n`,
  ].join("");
}
