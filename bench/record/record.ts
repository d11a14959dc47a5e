import { isAmount } from "../../settings/amount.ts";
import type { CellDescription, CellOutcome } from "../plan/cell.ts";
import type { CellKey } from "../plan/cell_key.ts";
import { configHash } from "./env.ts";
import { type Phase, samplesOf } from "./phases.ts";
import { metrics as metricRules } from "../records/metric_rules.ts";
import { faultsOf } from "../records/rules.ts";
import { CELL_RECORD, type CellRecord, type RecordStatus, type Timing } from "../records/cell_record.ts";

/** What all records of a run have in common, and the keys of its cells. */
export interface RunFacts extends CommonFacts {
  /** By the names of the cells. */
  readonly keys: ReadonlyMap<string, CellKey>;
}

type CommonFacts = Pick<
  CellRecord,
  | "runId"
  | "preset"
  | "commit"
  | "dirty"
  | "dataset"
  | "machine"
  | "runtime"
  | "readPath"
  | "jobs"
>;

/** How a cell ended. */
export interface CellEnd {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly status: RecordStatus;
  readonly reason: string | null;
  readonly outcome: CellOutcome;
}

/** The outcome of a cell that has none: it failed or was skipped. */
export const NO_OUTCOME: CellOutcome = { metrics: {} };

/**
 * The record of a cell.
 *
 * @throws {RangeError} If a metric has an impossible value.
 */
export function buildRecord(cell: CellDescription, end: CellEnd, facts: RunFacts): CellRecord {
  const { outcome } = end;
  checkMetrics(cell, outcome);
  const config = recordedConfig(cell);
  const { keys, ...common } = facts;
  const { key, code, inputs } = keys.get(cell.name)!;
  return CELL_RECORD.of({
    ...common,
    codeHash: code,
    key,
    inputs,
    cell: cell.name,
    kind: cell.kind,
    config,
    configHash: configHash(withoutLabels(config)),
    seed: cell.seed,
    paradigm: cell.paradigm,
    featureSet: cell.featureSet,
    training: cell.kind === "construct" ? null : cell.training,
    startedAt: end.startedAt.toISOString(),
    durationMs: end.durationMs,
    status: end.status,
    reason: end.reason,
    variants: outcome.variants ?? {},
    metrics: outcome.metrics,
    timings: (outcome.phases ?? []).map(timingOf),
    checks: outcome.checks ?? [],
    warnings: outcome.warnings ?? [],
    artifacts: outcome.artifacts ?? [],
  });
}

function timingOf(phase: Phase): Timing {
  const { name, units, durationMs } = phase;
  return { name, units, durationMs, samples: samplesOf(phase) };
}

/** @throws {RangeError} If a metric has a value that no reader of the record would take. */
export function checkMetrics(cell: CellDescription, { metrics }: CellOutcome): void {
  const faults = faultsOf(metricRules, metrics, "metrics");
  if (faults.length > 0) throw new RangeError(`Cannot record ${cell.name}: ${faults.join("; ")}`);
}

/**
 * A cell's configuration as records hold it: numbers are numbers, with their labels (`eps`, `epsLabel`),
 * and the construction of a set stands at the top (`method`, `steps`).
 */
export function recordedConfig(cell: CellDescription): Record<string, unknown> {
  if (cell.kind !== "construct") return plainNumbers(cell.config) as Record<string, unknown>;
  const { construction, ...rest } = cell.config;
  return plainNumbers({ ...rest, ...construction }) as Record<string, unknown>;
}

/** Replaces every amount under a key by its number, and adds its label under `<key>Label`. */
export function plainNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      isAmount(item) ? [[key, item.value], [`${key}Label`, item.label]] : [[key, plainNumbers(item)]]
    ),
  );
}

/** Two ways of writing one number are one configuration. */
export function withoutLabels(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value, (key, item) => key.endsWith("Label") ? undefined : item));
}
