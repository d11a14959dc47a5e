/** Checks that two sides measured the same thing in the same place. */
import { canonicalJson } from "../../common/canonical_json.ts";
import { differences } from "../record/differences.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { Side, SourceRecord } from "./sides/source.ts";

/** Fields that may differ by the user's leave. */
export const FIELDS = ["schema", "preset", "config", "data", "machine", "kernels", "jobs"] as const;

/** One of {@linkcode FIELDS}. */
export type ComparedField = typeof FIELDS[number];

/** A field that differs, and how. */
export interface Unlike {
  readonly field: ComparedField;
  /** "preset is smoke and quick". */
  readonly detail: string;
}

const VALUES: Readonly<Record<Exclude<ComparedField, "config">, (record: SourceRecord) => unknown>> = {
  schema: ({ recordVersion }) => recordVersion,
  preset: ({ preset }) => preset,
  data: ({ data }) => data,
  machine: ({ machine }) => machine,
  kernels: ({ readPath }) => readPath,
  jobs: ({ jobs }) => jobs,
};

/**
 * Lists the fields that decide numbers and differ between two sides.
 *
 * @param options.allowed Fields that may differ.
 * @throws {UsageError} If another field differs, the sides are of different kinds, or one side holds two configurations of
 * one cell.
 */
export function checkAlike(
  base: Side,
  head: Side,
  { allowed }: { allowed: readonly ComparedField[] },
): Unlike[] {
  const kinds = [base, head].map(({ records }) =>
    [...new Set(records.map(({ kind }) => kind))].join(" and ")
  );
  if (kinds[0] !== kinds[1]) {
    throw new UsageError(
      `Cannot compare ${base.path} with ${head.path}: they are of different kinds, ${kinds[0]} and ${
        kinds[1]
      }`,
    );
  }
  for (const side of [base, head]) checkConfigs(side);
  const unlike = FIELDS.flatMap((field): Unlike[] => {
    const detail = field === "config" ? configDetail(base, head) : valueDetail(field, base, head);
    return detail === null ? [] : [{ field, detail }];
  });
  const refused = unlike.filter(({ field }) => !allowed.includes(field));
  if (refused.length === 0) return unlike;
  throw new UsageError(
    `Cannot compare ${base.path} with ${head.path}: ${refused.map(({ detail }) => detail).join("; ")}\n` +
      `Hint: add option allowDifferent ${
        refused.map(({ field }) => field).join(",")
      } to compare them nevertheless`,
  );
}

function valueDetail(field: Exclude<ComparedField, "config">, base: Side, head: Side): string | null {
  const of = ({ records }: Side) => {
    const values = new Map(
      records.map((record) => [canonicalJson(VALUES[field](record)), VALUES[field](record)]),
    );
    return [...values.keys()].sort().map((key) => values.get(key));
  };
  const [a, b] = [of(base), of(head)];
  if (canonicalJson(a) === canonicalJson(b)) return null;
  if (a.length === 1 && b.length === 1 && typeof a[0] === "object" && a[0] !== null) {
    return differences("", { found: b[0], expected: a[0] })
      .map((line) => line.replace(/^(.*): found (.*), expected (.*)$/s, `${field} ${"$1"} is $3 and $2`))
      .join("; ");
  }
  const show = (values: unknown[]) => values.map((value) => shorten(JSON.stringify(value))).join(", ");
  return `${field} is ${show(a)} and ${show(b)}`;
}

/** The first cell whose configuration differs. */
function configDetail(base: Side, head: Side): string | null {
  const other = new Map(head.records.map((record) => [record.cell, record]));
  for (const record of base.records) {
    const match = other.get(record.cell);
    if (match === undefined || match.configHash === record.configHash) continue;
    const name = record.cell === "" ? "config" : `config of ${record.cell}`;
    if (record.config === null || match.config === null) return `${name} has another hash`;
    const lines = differences("", { found: match.config, expected: record.config });
    return lines.length === 0
      ? `${name} has another hash`
      : `${name} ${
        lines.slice(0, 3).map((line) => line.replace(/^(.*): found (.*), expected (.*)$/s, "$1 is $3 and $2"))
          .join(", ")
      }${lines.length > 3 ? ` and ${lines.length - 3} more` : ""}`;
  }
  return null;
}

function checkConfigs({ path, records }: Side): void {
  const first = new Map<string, SourceRecord>();
  for (const record of records) {
    const other = first.get(record.cell) ?? record;
    first.set(record.cell, other);
    if (other.configHash === record.configHash) continue;
    throw new UsageError(
      `Cannot compare ${path}: it holds two configurations of ${
        record.cell || "one name"
      }, in ${other.path} and ` +
        record.path,
    );
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
