import type { CellRecord, Metric } from "../records/mod.ts";

/**
 * What must be the same when the same command runs twice: a record without run ids, its own hash, times, speed (see
 * {@linkcode timelessMetrics}), how many cells ran at once, and which of several ways of computing the same bits was the
 * fastest.
 */
export function canonicalRecord(
  record: CellRecord,
): Omit<
  CellRecord,
  "runId" | "reusedFrom" | "startedAt" | "durationMs" | "timings" | "variants" | "jobs"
> {
  const {
    sha256: _sha256,
    runId: _runId,
    reusedFrom: _reusedFrom,
    startedAt: _startedAt,
    durationMs: _durationMs,
    timings: _timings,
    variants: _kernelChoices,
    jobs: _jobs,
    metrics,
    ...rest
  } = record as CellRecord & { readonly sha256?: string }; // which covers all the others
  return {
    ...rest,
    metrics: timelessMetrics(metrics),
  };
}

/**
 * Metrics that must be the same when the same cell runs twice: neither times nor speeds, nor the operations of a cell with
 * AutoAttack. That gives slots to new examples when it looks, and how often it does follows the clock: until then an
 * example that is done is computed on, to no effect but on that count.
 */
export function timelessMetrics(metrics: CellRecord["metrics"]): Record<string, Metric> {
  const counted = "autoAttackAccuracy" in metrics;
  return Object.fromEntries(
    Object.entries(metrics).filter(([name, metric]) => !isSpeed(metric) && !(counted && name === "flops")),
  );
}

/** Whether a metric measures time: its unit is a time, or something per second. */
export function isSpeed(metric: Metric): boolean {
  return /^(s|ms|us|ns)$|\/s$/.test(metric.unit);
}
