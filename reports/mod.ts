/**
 * Static reports: a run folder in, one HTML file out. Imports nothing of ours but `bench/records/`, `bench/statistics/`
 * and `common/`, so a page can be rebuilt from JSON on a machine without a GPU.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * // await writeReport("results/quick") writes results/quick/report.html
 * await assertRejects(() => writeReport("no/such/run"), TypeError, "Cannot read run: no such folder");
 * ```
 *
 * @module
 */
export { loadRun } from "./load.ts";
export { renderReport, type ReportOptions } from "./page/page.ts";
export type { LoadedExamples, LoadedPictures, LoadedRecord, LoadedRun, Problem } from "./types.ts";
export { renderPerformance, type SpeedRecords } from "./page/performance.ts";
export { loadPerformance, type WriteOptions, writePerformance, writeReport } from "./page/write_report.ts";
