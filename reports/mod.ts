/**
 * Static reports: a run folder in, one HTML file out. Imports nothing of ours but `bench/schema.ts`, so a page can be
 * rebuilt from JSON on a machine without a GPU.
 *
 * @example
 * ```ts
 * import { writeReport } from "./mod.ts";
 * await writeReport("results/quick"); // results/quick/report.html
 * ```
 */
export { loadRun } from "./load.ts";
export { renderReport, type ReportOptions } from "./page.ts";
export type { LoadedExamples, LoadedRecord, Problem, Run } from "./types.ts";
export { writeReport } from "./write_report.ts";
