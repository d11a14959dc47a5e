import { UsageError } from "../../common/usage_error.ts";
import { checkAlike, type ComparedField } from "./alike.ts";
import { compareSides } from "./compare.ts";
import { type Comparison, factsOf, isRegression } from "./comparison.ts";
import { loadSide } from "./sides/load.ts";
import type { Side } from "./sides/source.ts";
import { DEFAULT_THRESHOLDS, readThresholds, type Thresholds } from "./thresholds.ts";

/** How {@linkcode compareRuns} compares. */
export interface CompareRunsOptions {
  /** When a difference counts, or the path of a YAML file of thresholds. Default: {@linkcode DEFAULT_THRESHOLDS}. */
  readonly thresholds?: Thresholds | string;
  /** Fields that may differ. Default: none. */
  readonly allowDifferent?: readonly ComparedField[];
}

/**
 * Compares two sides: `deno task bench compare`. A side is a run folder, a folder of records, one record or a history;
 * several of them are merged. `docs/compare.md` says how each kind of number is judged.
 *
 * @param base The reference: a path, or several.
 * @param head The side that may have become worse.
 * @returns Every quantity with its verdict, and whether anything became worse.
 * @throws {UsageError} If a path cannot be read, or the sides differ in a field that `allowDifferent` does not name.
 *
 * @example
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { fakeRecord, writeSealed } from "../testing.ts";
 * import { compareRuns } from "./compare_runs.ts";
 * import { formatComparison } from "./formats/mod.ts";
 *
 * const dir = await Deno.makeTempDir();
 * for (const [name, value] of Object.entries({ base: 100, head: 115 })) {
 *   const record = fakeRecord({ metrics: { peakBytes: { value, unit: "bytes" } } });
 *   await writeSealed(`${dir}/${name}.json`, record);
 * }
 * const comparison = await compareRuns(`${dir}/base.json`, `${dir}/head.json`);
 * assertEquals(comparison.regression, true);
 * assertEquals(comparison.changes.filter(({ verdict }) => verdict === "worse").map(({ kind }) => kind), ["memory"]);
 * assertStringIncludes(formatComparison(comparison, "markdown"), "worse");
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function compareRuns(
  base: string | readonly string[],
  head: string | readonly string[],
  options: CompareRunsOptions = {},
): Promise<Comparison> {
  const { thresholds = DEFAULT_THRESHOLDS, allowDifferent = [] } = options;
  const limits = typeof thresholds === "string" ? await readThresholds(thresholds) : thresholds;
  const sides = [await loadSides(base), await loadSides(head)] as const;
  return await compareLoaded(...sides, { thresholds: limits, allowed: allowDifferent });
}

/**
 * Compares two sides that were read.
 *
 * @param options.allowed Fields that may differ; default none.
 * @throws {UsageError} If they measured different things.
 */
export async function compareLoaded(
  base: Side,
  head: Side,
  { thresholds = DEFAULT_THRESHOLDS, allowed = [] }: {
    thresholds?: Thresholds;
    allowed?: readonly ComparedField[];
  } = {},
): Promise<Comparison> {
  const unlike = checkAlike(base, head, { allowed });
  const oneMachine = !unlike.some(({ field }) => field === "machine" || field === "jobs");
  const changes = await compareSides(base, head, { thresholds, oneMachine });
  const regression = isRegression(changes);
  return { base: factsOf(base), head: factsOf(head), thresholds, unlike, changes, regression };
}

/** One path, or several that are merged. */
async function loadSides(paths: string | readonly string[]): Promise<Side> {
  if (paths.length === 0) throw new UsageError("Cannot compare: a side has no path");
  const sides: Side[] = [];
  for (const one of typeof paths === "string" ? [paths] : paths) sides.push(await loadSide(one));
  return {
    path: sides.map((side) => side.path).join(","),
    records: sides.flatMap(({ records }) => records),
    notes: sides.flatMap(({ notes }) => notes),
  };
}
