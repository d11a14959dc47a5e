/** Numbers of a change as text, for tables. */
import { type Change, type ChangeVerdict, REGRESSIONS, UNCHANGED } from "../change.ts";
import { fullName } from "../sides/source.ts";
import type { Comparison, SideFacts } from "../comparison.ts";

/** Titles of the columns of {@linkcode rowOf}. */
export const COLUMNS = [
  "quantity",
  "base",
  "head",
  "unit",
  "change",
  "95 % interval",
  "p",
  "verdict",
] as const;

/** One line of a table. */
export function rowOf(change: Change): string[] {
  const { cell, name, kind, base, head, interval, p, verdict } = change;
  const unit = kind === "accuracy" ? "%" : kind === "status" ? "" : change.unit;
  return [
    fullName(cell, name),
    amountOf(change, base),
    amountOf(change, head),
    unit,
    changeOf(change),
    interval === null ? "-" : interval.map(points).join(" to "),
    p === null ? "-" : p < 0.001 ? "<0.001" : p.toFixed(3),
    verdict,
  ];
}

function amountOf({ kind }: Change, value: number | null): string {
  if (value === null) return "-";
  if (kind === "status") return value === 1 ? "ok" : "failed";
  if (kind === "accuracy") return (100 * value).toFixed(1);
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/** Accuracies in points, others as how many times worse. */
export function changeOf({ kind, base, head, difference, better }: Change): string {
  if (difference === null || base === null || head === null || kind === "status") return "-";
  if (kind === "accuracy") return points(difference);
  const ratio = kind === "time" ? difference : better === "less" ? head / base : base / head;
  return Number.isFinite(ratio) ? `${ratio.toFixed(3)}x` : "-";
}

function points(share: number): string {
  const value = (100 * share).toFixed(1);
  return share > 0 && !value.startsWith("-") ? `+${value}` : value;
}

/** What a table shows. */
export interface TableOptions {
  /** Leave out unchanged quantities; the summary still counts them. Default: show all. */
  readonly onlyChanged?: boolean;
}

/** Quantities that changed. */
export function changedOf({ changes }: Comparison): readonly Change[] {
  return changes.filter(({ verdict }) => !UNCHANGED.includes(verdict));
}

/** How many have that verdict. */
export function countOf({ changes }: Comparison, ...verdicts: ChangeVerdict[]): number {
  return changes.filter(({ verdict }) => verdicts.includes(verdict)).length;
}

/** Counts the verdicts in one sentence. */
export function summaryOf(comparison: Comparison): string {
  const few = countOf(comparison, "too few");
  const count = (text: string, number: number) => number > 0 ? [`${number} ${text}`] : [];
  return [
    `${countOf(comparison, ...REGRESSIONS)} worse`,
    `${countOf(comparison, "better")} better`,
    `${countOf(comparison, "same")} the same`,
    ...count("with too few values to tell", few),
    ...count("unsure (take five records on each side)", countOf(comparison, "unsure")),
    ...count("on unlike machines", countOf(comparison, "unlike")),
    ...count("ignored", countOf(comparison, "ignored")),
    ...count("on one side only", countOf(comparison, "only in base", "only in head")),
  ].join(", ");
}

/** A side in one line. */
export function describeSide(
  { path, records, startedAt, commit, preset, deno, driver, readPath }: SideFacts,
): string {
  return `${path}, ${preset}, ${records} ${records === 1 ? "record" : "records"}, ${startedAt}, commit ${
    commit?.slice(0, 10) ?? "unknown"
  }, kernels ${readPath}, Deno ${deno}${driver === null ? "" : `, driver ${driver}`}`;
}

/** Each statistic once. */
export function methodsOf(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ statistic }) => statistic))];
}
