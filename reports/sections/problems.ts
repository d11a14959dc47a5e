import { count } from "../format.ts";
import { type Html, markup } from "../html.ts";
import type { Links } from "../paths.ts";
import type { LoadedRun } from "../types.ts";

/** Problems of the run: cells that failed, were skipped or left no record, unreadable files, failed checks, warnings. */
export function problemsSection(run: LoadedRun, links: Links): Html {
  const cell = (path: string, name: string) => links.to(path, name);
  const unfinished = run.records.filter(({ record }) =>
    record.status === "failed" || record.status === "skipped"
  );
  const checks = run.records.flatMap(({ record, path }) =>
    record.checks.filter((check) => !check.passed).map((check) => ({
      ...check,
      path,
      cell: record.cell,
    }))
  );
  const warnings = new Map<string, string[]>();
  for (const { record } of run.records) {
    for (const text of record.warnings) warnings.set(text, [...warnings.get(text) ?? [], record.cell]);
  }
  const parts = [
    list(
      "Cells that failed or were skipped",
      unfinished.map(({ record, path }) =>
        markup`${cell(path, record.cell)}: <span class="bad">${record.status}</span>, ${
          record.reason ?? "no reason recorded"
        }`
      ),
    ),
    list(
      "Cells without a record",
      missingCells(run).map((name) => markup`${name}: <span class="bad">missing</span>`),
    ),
    list(
      "Files that could not be used",
      run.problems.map(({ path, reason }) => markup`<code>${path}</code>: ${reason}`),
    ),
    list(
      "Checks that did not pass",
      checks.map((check) => markup`${cell(check.path, check.cell)}: ${check.name}, ${check.detail}`),
    ),
    list(
      "Warnings",
      [...warnings].map(([text, cells]) => markup`${text} <span class="quiet">(${where(cells)})</span>`),
    ),
  ].filter((part) => part !== null);
  return parts.length
    ? markup`${parts}`
    : markup`<p>Every cell ended, every file could be read, and no warning was given.</p>`;
}

/** Cells that run.json names and no record stands for; an unreadable record counts as one that is missing. */
export function missingCells(run: LoadedRun): string[] {
  const known = new Set(run.records.flatMap(({ record, parts = [] }) => [record.cell, ...parts]));
  return (run.manifest?.cells ?? []).filter((name) => !known.has(name));
}

function where(cells: readonly string[]): string {
  return cells.length <= 3 ? cells.join(", ") : `${cells[0]} and ${count(cells.length - 1, "other cell")}`;
}

function list(title: string, items: readonly Html[]): Html | null {
  return items.length === 0
    ? null
    : markup`<h3>${title}</h3><ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}
