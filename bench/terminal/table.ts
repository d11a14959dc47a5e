/** One column of a plain-text table. */
export interface TableColumn {
  readonly title: string;
  /** Default: "left". */
  readonly align?: "left" | "right";
}

/**
 * Lays out a table in plain text: columns two spaces apart, a line of dashes under the titles, no space at line ends.
 *
 * @throws {RangeError} If a row has more or fewer cells than there are columns.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatTable } from "./table.ts";
 * const text = formatTable([{ title: "cell" }, { title: "clean", align: "right" }], [["sl/natural", "65.0 %"]]);
 * assertEquals(text, "cell         clean\n----------  ------\nsl/natural  65.0 %\n");
 * ```
 */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  for (const row of rows) {
    if (row.length === columns.length) continue;
    throw new RangeError(
      `Cannot format table: a row has ${row.length} cells, given ${columns.length} columns`,
    );
  }
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => columns[i].align === "right" ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd();
  const lines = [columns.map(({ title }) => title), widths.map((width) => "-".repeat(width)), ...rows];
  return lines.map(line).join("\n") + "\n";
}
