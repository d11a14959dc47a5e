import { changedOf, COLUMNS, describeSide, methodsOf, rowOf, summaryOf, type TableOptions } from "./cells.ts";
import type { Comparison } from "../comparison.ts";

/** The comparison as Markdown, for the summary of a CI job: changes first, all quantities folded below. */
export function formatMarkdown(comparison: Comparison, { onlyChanged = false }: TableOptions = {}): string {
  const { base, head, unlike, changes, regression } = comparison;
  const changed = changedOf(comparison);
  const table = (list: typeof changes) =>
    [
      `| ${COLUMNS.join(" | ")} |`,
      `| ${
        COLUMNS.map((title) => ["quantity", "unit", "verdict"].includes(title) ? "---" : "---:").join(" | ")
      } |`,
      ...list.map((change) => `| ${rowOf(change).map(escape).join(" | ")} |`),
    ].join("\n");
  const judgedBy = (method: string) => `- Judged by: ${escape(method)}`;
  return [
    `## ${regression ? "Regression found" : "No regression"}\n`,
    `${summaryOf(comparison)}.\n`,
    `- Base: ${escape(describeSide(base))}\n- Head: ${escape(describeSide(head))}`,
    ...[...base.notes, ...head.notes].map((note) => `- Note: ${escape(note)}`),
    ...unlike.map(({ detail }) => `- Unlike: ${escape(detail)}`),
    "",
    ...(changed.length > 0 ? [`${table(changed)}\n`] : []),
    ...onlyChanged ? methodsOf(changed).map(judgedBy) : [
      `<details><summary>All ${changes.length} quantities</summary>\n\n${table(changes)}\n`,
      ...methodsOf(changes).map(judgedBy),
      "\n</details>\n",
    ],
  ].join("\n");
}

/** Escapes characters that would end a cell of a table, or begin a tag. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ")
    .replaceAll("*", "\\*").replaceAll("_", "\\_").replaceAll("`", "\\`");
}
