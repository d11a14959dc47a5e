import { formatTable } from "../../terminal/table.ts";
import { COLUMNS, describeSide, methodsOf, rowOf, summaryOf } from "./cells.ts";
import type { Comparison } from "./comparison.ts";

/** The comparison as text for people: every quantity, how it was judged, then what became of them. */
export function formatText(comparison: Comparison): string {
  const { base, head, unlike, changes } = comparison;
  const right = new Set<string>(["base", "head", "change", "95 % interval", "p"]);
  const columns = COLUMNS.map((title) => ({ title, align: right.has(title) ? "right" : "left" } as const));
  return [
    `Base: ${describeSide(base)}\nHead: ${describeSide(head)}\n`,
    ...[...base.notes, ...head.notes].map((note) => `Note: ${note}\n`),
    unlike.length > 0 ? `Unlike: ${unlike.map(({ detail }) => detail).join("; ")}\n` : "",
    `\n${formatTable(columns, changes.map(rowOf))}\n`,
    "Change: of accuracies in points, of others how many times worse (below 1 is better).\n",
    ...methodsOf(comparison).map((method) => `Judged by: ${method}\n`),
    `${summaryOf(comparison)}.\n`,
  ].join("");
}
