/**
 * The benchmark as functions: what each command of `deno task bench` does, with its defaults. `docs/library.md` has the
 * table. Options that are left out are the command's; what a command prints is returned; mistakes are thrown as
 * {@linkcode UsageError}.
 *
 * @module
 */

// bench
export { runBench, type RunBenchOptions } from "./commands/run_bench.ts";
export type { NamedPreset } from "./commands/named_preset.ts";
export type { RunEvent } from "./run/events.ts";
export type { WriteReport } from "./run/request.ts";
export type { RunResult } from "./run/run.ts";
export type { CellDescription, CellProgress, OpenWorkbench, Workbench } from "./plan/cell.ts";
export { loadPreset, PRESETS } from "./config/load_preset.ts";
export { parsePreset } from "./config/parse_preset.ts";
export type { Preset } from "./config/preset.ts";
export { joinParts } from "./records/network.ts";

// bench plan
export { type BenchStates, benchStates, planBench, type PlanBenchOptions } from "./commands/plan_bench.ts";
export type { CellEstimate } from "./plan/estimate.ts";
export { expand } from "./plan/plan.ts";
export type { EstimatedCell, Plan } from "./plan/plan_command.ts";
export { type PlannedCell, planStates } from "./plan/plan_states.ts";

// bench reproduce
export { reproduceRecord, type ReproduceRecordOptions } from "./commands/reproduce_record.ts";
export type { Reproduction } from "./reproduce/reproduce.ts";
export type { ReproductionVerdict } from "./reproduce/verdict.ts";

// bench verify
export { type Verification, type VerifyFault, verifyRun } from "./verify/verify_run.ts";

// bench attack
export { type AttackedNetwork, attackNetwork, type AttackNetworkOptions } from "./attack/attack_network.ts";

// bench perf
export { PARTS as PERF_PARTS, type PerfPart } from "./perf/measure.ts";
export { measurePerf, type MeasurePerfOptions } from "./perf/measure_perf.ts";
export { memoryFaults } from "./perf/faults.ts";

// bench peers
export { comparePeers, type ComparePeersOptions } from "./peers/compare_peers.ts";
export type { PeerName } from "./peers/peer_list.ts";

// bench compare
export { type ComparedField, FIELDS as COMPARED_FIELDS, type Unlike } from "./compare/alike.ts";
export type { Change, ChangeVerdict } from "./compare/change.ts";
export { compareRuns, type CompareRunsOptions } from "./compare/compare_runs.ts";
export type { Comparison, SideFacts } from "./compare/comparison.ts";
export { type ComparisonFormat, formatComparison } from "./compare/formats/mod.ts";
export type { TableOptions } from "./compare/formats/cells.ts";
export { DEFAULT_THRESHOLDS, type Limits, parseThresholds, type Thresholds } from "./compare/thresholds.ts";

// bench history
export { type Appended, appendHistory } from "./compare/history/append_history.ts";
export { pruneHistory, readHistory } from "./compare/history/history_file.ts";
export type { Keep } from "./compare/history/prune.ts";

// What several of them have.
export { type Env, parseVariants, type Variants } from "./adapter/variants_option.ts";
export { type ProcessFacts, useVectorWidth } from "./adapter/vector_width.ts";
export { EXIT, type ExitCode, UsageError } from "../common/usage_error.ts";

// What they leave on disk.
export { ATTACK_RECORD, HISTORY_LINE, PEERS_RECORD, PERF_RECORD } from "./records/mod.ts";
export type {
  Artifact,
  AttackConfiguration,
  AttackRecord,
  AttackStage,
  AttackTime,
  Ceiling,
  CeilingName,
  CellKind,
  CellRecord,
  EvaluationRecord,
  FrameworkInfo,
  FrameworkRow,
  History,
  HistoryLine,
  HistoryMetric,
  HistoryProblem,
  KernelTime,
  MachineClass,
  MachineInfo,
  MeasuredKind,
  Metric,
  PeersRecord,
  PerfRecord,
  QuantityKind,
  RecordStatus,
  RunIdentity,
  RunManifest,
  SafetyRecord,
  Soak,
  StartTime,
  StartTimes,
  Timing,
  TrainingTime,
} from "./records/mod.ts";
