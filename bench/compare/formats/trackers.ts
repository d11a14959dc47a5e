/** What tools that keep their own history read: the numbers of head. */
import type { Change } from "../change.ts";
import { fullName } from "../sides/source.ts";
import type { Comparison } from "../comparison.ts";

/**
 * A list of `{ name, unit, value, range, extra }`, which github-action-benchmark reads as `customSmallerIsBetter` or
 * `customBiggerIsBetter`: one file can hold one direction only. Source: its README, "customBiggerIsBetter" and
 * "customSmallerIsBetter", https://github.com/benchmark-action/github-action-benchmark.
 */
export function formatGithubActionBenchmark({ changes }: Comparison, better: "less" | "more"): string {
  const list = measured(changes).filter((change) => change.better === better).map((change) => {
    const { cell, name, kind, unit, headSpread, statistic, verdict } = change;
    const scale = kind === "accuracy" ? 100 : 1;
    return {
      name: fullName(cell, name),
      unit: kind === "accuracy" ? "%" : unit,
      value: scale * change.head!,
      ...(headSpread === null || headSpread.sd === null ? {} : { range: `± ${scale * headSpread.sd}` }),
      extra: `${verdict} against base; ${statistic}`,
    };
  });
  return JSON.stringify(list, null, 2) + "\n";
}

/** Slugs of Bencher's measures; the first two are its own, in nanoseconds and operations a second. */
const MEASURES = { time: "latency", rate: "throughput", accuracy: "accuracy", memory: "memory" } as const;

const NANOSECONDS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 };

/**
 * Bencher Metric Format: `{ benchmark: { measure: { value, lower_value, upper_value } } }`. Times are `latency` in
 * nanoseconds, rates `throughput` in their own unit a second, accuracies `accuracy` as a fraction, device memory `memory`
 * in bytes. Source: https://bencher.dev/docs/reference/bencher-metric-format.
 */
export function formatBencher({ changes }: Comparison): string {
  const result: Record<string, Record<string, Record<string, number>>> = {};
  for (const change of measured(changes)) {
    const { cell, name, kind, unit, head, headSpread } = change;
    const rate = kind === "time" && unit.endsWith("/s");
    const measure = rate ? MEASURES.rate : MEASURES[kind as "time" | "accuracy" | "memory"];
    const scale = kind === "time" && !rate ? NANOSECONDS[unit] ?? 1 : 1;
    const range = headSpread?.range ?? null;
    result[fullName(cell, name)] = {
      [measure]: {
        value: scale * head!,
        ...(range === null ? {} : { lower_value: scale * range[0], upper_value: scale * range[1] }),
      },
    };
  }
  return JSON.stringify(result, null, 2) + "\n";
}

function measured(changes: readonly Change[]): Change[] {
  return changes.filter(({ kind, head }) => kind !== "status" && head !== null);
}
