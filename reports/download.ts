import { type Html, markup } from "./html.ts";

/** Rows of a figure or table; every row has the same columns. Accuracies are fractions. */
export type Rows = readonly Readonly<Record<string, string | number | null>>[];

/** Rows as CSV (RFC 4180), columns in the order of the first row; null is an empty field. */
export function toCsv(rows: Rows): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((line) => line.map(field).join(",") + "\r\n").join("");
}

function field(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Links that save the rows as CSV and JSON; the data stand in the links themselves. */
export function downloadLinks(name: string, rows: Rows): Html {
  const link = (kind: string, mime: string, text: string) =>
    markup`<a download="${name}.${kind}" href="data:${mime};charset=utf-8,${
      encodeURIComponent(text)
    }" aria-label="Data of ${name} as ${kind.toUpperCase()}">${kind.toUpperCase()}</a>`;
  return markup`<span class="downloads">Data: ${link("csv", "text/csv", toCsv(rows))} ${
    link("json", "application/json", JSON.stringify(rows, null, 1))
  }</span>`;
}
