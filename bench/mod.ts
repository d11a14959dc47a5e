/**
 * The benchmark as functions: presets, their cells, runs with their events, reproductions, and the records that they
 * leave.
 *
 * @module
 */
export type { CellDescription, CellProgress, OpenWorkbench, Workbench } from "./plan/cell.ts";
export type { RunEvent } from "./run/events.ts";
export { joinParts } from "./record/join_parts.ts";
export { loadPreset, PRESETS } from "./config/load_preset.ts";
export { parsePreset } from "./config/parse_preset.ts";
export { expand } from "./plan/plan.ts";
export { type PlannedCell, planStates } from "./plan/plan_states.ts";
export type { Preset } from "./config/preset.ts";
export { reproduce, type ReproduceRequest, type Reproduction, type Verdict } from "./reproduce/mod.ts";
export type { WriteReport } from "./run/request.ts";
export type { RunResult } from "./run/run.ts";
export { runBench, type RunBenchOptions } from "./run_bench.ts";
export type { CellRecord, Metric, RunManifest } from "./schema.ts";
