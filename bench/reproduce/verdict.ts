/** Whether two records of one cell hold the same. */
import { timelessMetrics } from "../record/canonical.ts";
import type { CellRecord, Metric } from "../records/mod.ts";

/** What a reproduction found. */
export interface ReproductionVerdict {
  readonly verdict: "identical" | "within tolerance" | "different";
  /** The first metric, artifact or status that is not the same, with both values; null where all are. */
  readonly first: string | null;
  /** How many metrics and artifacts were compared. */
  readonly compared: number;
}

/**
 * Compares two records of one cell: all metrics that do not depend on time, with their samples, and the
 * hashes of all files.
 * "identical" means bit for bit; "within tolerance", that every metric is.
 *
 * @param tolerance Of a fraction, in absolute terms; of other metrics, relative to the larger of both.
 */
export function verdictOf(
  before: CellRecord,
  { after, tolerance }: { after: CellRecord; tolerance: number },
): ReproductionVerdict {
  const unlike: string[] = [];
  let beyond: string | null = null, compared = 0;
  if (!isDone(after)) {
    return {
      verdict: "different",
      first: `status: was ${before.status}, is ${after.status}, ${after.reason}`,
      compared,
    };
  }
  const [known, found] = [before, after].map(({ metrics }) => timelessMetrics(metrics));
  for (const name of new Set([...Object.keys(known), ...Object.keys(found)])) {
    const [a, b] = [known[name], found[name]];
    compared++;
    const text = difference(name, a, b);
    if (text === null) continue;
    unlike.push(text);
    if (beyond === null && !isNear(a, b, tolerance)) beyond = text;
  }
  const hashes = new Map(after.artifacts.map(({ path, sha256 }) => [path, sha256]));
  for (const { path, sha256 } of before.artifacts) {
    compared++;
    const found = hashes.get(path);
    if (found !== sha256) unlike.push(`${path}: sha256 was ${sha256}, is ${found ?? "absent"}`);
  }
  if (beyond !== null) return { verdict: "different", first: beyond, compared };
  return {
    verdict: unlike.length === 0 ? "identical" : "within tolerance",
    first: unlike[0] ?? null,
    compared,
  };
}

function isDone({ status }: CellRecord): boolean {
  return status === "ok" || status === "quick";
}

function difference(name: string, a: Metric | undefined, b: Metric | undefined): string | null {
  if (a === undefined || b === undefined) {
    return `${name}: was ${a?.value ?? "absent"}, is ${b?.value ?? "absent"}`;
  }
  if (a.value !== b.value) return `${name}: was ${a.value}, is ${b.value}`;
  const [before, after] = [a.samples ?? [], b.samples ?? []];
  const at = Array.from({ length: Math.max(before.length, after.length) }).findIndex((_, i) =>
    before[i] !== after[i]
  );
  return at < 0 ? null : `${name}, sample ${at}: was ${before[at] ?? "absent"}, is ${after[at] ?? "absent"}`;
}

function isNear(a: Metric | undefined, b: Metric | undefined, tolerance: number): boolean {
  if (a === undefined || b === undefined) return false;
  const [before, after] = [[a.value, ...a.samples ?? []], [b.value, ...b.samples ?? []]];
  if (before.length !== after.length) return false;
  return before.every((value, i) => {
    const scale = a.unit === "fraction" ? 1 : Math.max(Math.abs(value), Math.abs(after[i]));
    return Math.abs(value - after[i]) <= tolerance * scale;
  });
}
