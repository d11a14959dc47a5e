/** The text that `bench peers` prints. */

import { median } from "../statistics/median.ts";
import { formatTable } from "../terminal/table.ts";
import type { FrameworkInfo, FrameworkRow, PeersRecord } from "../records/peers_record.ts";

/** A record as text for people: a table for each workload, then notes on single rows. */
export function formatPeers(record: PeersRecord): string {
  const { machine, rounds, workloads, frameworks, rows } = record;
  const tables = workloads.map(({ name, title }) => {
    const mine = rows.filter(({ workload }) => workload === name);
    return `${title}\n${tableOf(frameworks, mine)}`;
  });
  const notes = rows.flatMap(({ workload, framework, reason, notes }) =>
    [reason, ...notes].filter((text) => text !== null).map((text) =>
      `${titleOf(frameworks, framework)}, ${workload}: ${text}`
    )
  );
  const missing = frameworks.filter(({ missing }) => missing !== null)
    .map(({ title, missing }) => `${title} is missing: ${missing}`);
  const head = `${machine.name} (${machine.cpu}), Deno ${record.runtime.deno}
Median, minimum and maximum of ${rounds} rounds; in each the frameworks take turns. Ratio: by ours, in the same run.
`;
  return [head, ...tables, [...missing, ...notes].map((line) => `${line}\n`).join("")]
    .filter((part) => part !== "").join("\n");
}

function tableOf(frameworks: readonly FrameworkInfo[], rows: readonly FrameworkRow[]): string {
  const right = (title: string) => ({ title, align: "right" as const });
  return formatTable(
    [
      { title: "package" },
      { title: "version" },
      { title: "on" },
      ...["ms", "min", "max", "times ours", "min", "max"].map(right),
    ],
    frameworks.map(({ name, title, version, backend, device }) => {
      const row = rows.find(({ framework }) => framework === name);
      return [
        title,
        version ?? "-",
        device === null ? backend : `${backend}, ${device}`,
        ...spread(row?.samplesMs ?? [], median),
        ...spread(row?.ratio?.rounds ?? [], () => row!.ratio!.median),
      ];
    }),
  );
}

function spread(values: readonly number[], middle: (values: readonly number[]) => number): string[] {
  if (values.length === 0) return ["-", "-", "-"];
  return [middle(values), Math.min(...values), Math.max(...values)].map(short);
}

/** Three digits or more: "0.123", "4.56", "78.9", "1234". */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(value.toPrecision(3));
}

function titleOf(frameworks: readonly FrameworkInfo[], name: string): string {
  return frameworks.find((framework) => framework.name === name)?.title ?? name;
}
