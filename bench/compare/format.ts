/** What `bench compare` prints. */

import { formatTable } from "../table.ts";
import type { Change } from "./compare.ts";
import type { Compared } from "./load.ts";

/** Two records beside each other. */
export interface Comparison {
  readonly base: Omit<Compared, "metrics">;
  readonly head: Omit<Compared, "metrics">;
  readonly threshold: number;
  readonly p: number;
  /** What of the machines differs; compared all the same because the user said so. */
  readonly differences: readonly string[];
  readonly changes: readonly Change[];
}

/** The comparison as text for people: every quantity, then what became of them. */
export function formatComparison({ base, head, threshold, p, differences, changes }: Comparison): string {
  const right = (title: string) => ({ title, align: "right" as const });
  const table = formatTable(
    [{ title: "quantity" }, right("base"), right("head"), { title: "unit" }, right("ratio"), right("p"), {
      title: "verdict",
    }],
    changes.map(({ name, unit, base, head, ratio, p, verdict }) => [
      name,
      amount(base),
      amount(head),
      unit,
      ratio === null ? "-" : ratio.toFixed(3),
      p === null ? "-" : p < 0.001 ? "<0.001" : p.toFixed(3),
      verdict,
    ]),
  );
  const count = (verdict: string) => changes.filter((change) => change.verdict === verdict).length;
  const few = count("too few");
  return [
    `Base: ${describe(base)}\nHead: ${describe(head)}\n`,
    differences.length > 0 ? `Unlike: ${differences.join("; ")}. Times of unlike machines say little.\n` : "",
    `\n${table}\n`,
    `Ratio: above 1 is worse. A difference counts beyond ${threshold} times and with p < ${p} (Mann-Whitney, two-sided);`,
    ` p is of one quantity, not of the ${changes.length} together.\n`,
    few > 0 ? `Too few samples to tell in ${few}: take 5 or more of each.\n` : "",
    `${count("worse")} worse, ${count("better")} better, ${count("same")} the same.\n`,
  ].join("");
}

function describe({ path, startedAt, commit, kernelVariant, deno }: Omit<Compared, "metrics">): string {
  return `${path}, ${startedAt}, commit ${
    commit?.slice(0, 10) ?? "unknown"
  }, kernels ${kernelVariant}, Deno ${deno}`;
}

function amount(value: number | null): string {
  if (value === null) return "-";
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
