/**
 * The benchmark as functions: presets, their cells, runs with their events, reproductions, and the records that they
 * leave.
 *
 * @module
 */
export type { CellDescription, CellProgress, OpenWorkbench, Workbench } from "./cell.ts";
export type { RunEvent } from "./events.ts";
export { joinParts } from "./join_parts.ts";
export { loadPreset, PRESETS } from "./load_preset.ts";
export { parsePreset } from "./parse_preset.ts";
export { expand } from "./plan.ts";
export { type PlannedCell, planStates } from "./plan_states.ts";
export type { Preset } from "./preset.ts";
export { reproduce, type ReproduceRequest, type Reproduction, type Verdict } from "./reproduce/mod.ts";
export type { RunResult, WriteReport } from "./run.ts";
export { runBench, type RunBenchOptions } from "./run_bench.ts";
export type { CellRecord, Metric, RunManifest } from "./schema.ts";
