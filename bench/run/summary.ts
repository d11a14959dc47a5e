import { type CellView, joinParts } from "../records/network.ts";
import type { CellRecord, Metric } from "../records/mod.ts";
import { formatTable, type TableColumn } from "../terminal/table.ts";
import { duration } from "../../common/duration.ts";
import { percent, short, thousands } from "./_units.ts";

/** Columns by metric name; one is shown where any record has its metric. */
const TRAIN_COLUMNS: readonly [metric: string, title: string][] = [
  ["cleanAccuracy", "clean"],
  ["attackedCleanAccuracy", "clean, attacked images"],
  ["autoAttackAccuracy", "AutoAttack"],
  ["pgdAccuracy", "PGD, same images"],
  ["robustAccuracy", "PGD"],
  ["probeAccuracy", "probe"],
  ["robustCueAccuracy", "robust cue"],
  ["nonRobustCueAccuracy", "non-robust cue"],
  ["imagesPerSecond", "images/s"],
];

const CONSTRUCT_COLUMNS: readonly [metric: string, title: string][] = [
  ["meanL2", "mean L2"],
  ["maxL2", "largest L2"],
  ["maxLinf", "largest Linf"],
  ["matchedFraction", "matched"],
  ["targetReachedFraction", "target reached"],
];

/** The tables at the end of a run: networks, then constructed sets, then what went wrong. */
export function formatSummary(records: readonly CellRecord[]): string {
  const trained = joinParts(records).filter(({ kind }) => kind === "train");
  const constructed = records.filter(({ kind }) => kind === "construct");
  const parts = [
    ...(trained.length > 0 ? [tableOf("network", trained, TRAIN_COLUMNS)] : []),
    ...(constructed.length > 0 ? [tableOf("constructed set", constructed, CONSTRUCT_COLUMNS)] : []),
    ...troubles(records),
  ];
  return parts.join("\n");
}

function tableOf(
  title: string,
  records: readonly CellView[],
  known: readonly [metric: string, title: string][],
): string {
  const shown = known.filter(([name]) => records.some(({ metrics }) => name in metrics));
  const columns: TableColumn[] = [
    { title },
    ...shown.map(([, title]): TableColumn => ({ title, align: "right" })),
    { title: "time", align: "right" },
    { title: "status" },
  ];
  const rows = records.map((record) => [
    record.cell,
    ...shown.map(([name]) => formatMetric(record.metrics[name])),
    duration(record.durationMs),
    record.status,
  ]);
  return formatTable(columns, rows);
}

function troubles(records: readonly CellRecord[]): string[] {
  const lines: string[] = [];
  for (const { cell, status, reason, checks, warnings } of records) {
    if (reason !== null) lines.push(`${cell} ${status}: ${reason}\n`);
    for (const check of checks) {
      if (!check.passed) lines.push(`${cell} did not pass check ${check.name}: ${check.detail}\n`);
    }
    for (const warning of warnings) lines.push(`${cell} warns: ${warning}\n`);
  }
  return lines.length === 0 ? [] : [lines.join("")];
}

/** A metric as a table shows it; "-" for one that is not there. */
export function formatMetric(metric: Metric | undefined): string {
  if (metric === undefined) return "-";
  if (metric.unit === "fraction") return percent(metric.value);
  return metric.unit.endsWith("/s") ? thousands(metric.value) : short(metric.value);
}
