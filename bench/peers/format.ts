/** What `bench peers` prints. */

import { median } from "../statistics/median.ts";
import { formatTable } from "../terminal/table.ts";
import type { PeerInfo, PeerRow, PeersRecord } from "./record.ts";

/** A record as text for people: a table for each work, then what a reader should know of single rows. */
export function formatPeers(record: PeersRecord): string {
  const { machine, rounds, works, peers, rows } = record;
  const tables = works.map(({ name, title }) => {
    const mine = rows.filter(({ work }) => work === name);
    return `${title}\n${tableOf(peers, mine)}`;
  });
  const notes = rows.flatMap(({ work, peer, reason, notes }) =>
    [reason, ...notes].filter((text) => text !== null).map((text) =>
      `${titleOf(peers, peer)}, ${work}: ${text}`
    )
  );
  const missing = peers.filter(({ missing }) => missing !== null)
    .map(({ title, missing }) => `${title} is missing: ${missing}`);
  const head = `${machine.name} (${machine.cpu}), Deno ${record.runtime.deno}
Median, least and most of ${rounds} rounds; in each the peers take turns. Ratio: by ours, in the same run.
`;
  return [head, ...tables, [...missing, ...notes].map((line) => `${line}\n`).join("")]
    .filter((part) => part !== "").join("\n");
}

function tableOf(peers: readonly PeerInfo[], rows: readonly PeerRow[]): string {
  const right = (title: string) => ({ title, align: "right" as const });
  return formatTable(
    [
      { title: "package" },
      { title: "version" },
      { title: "on" },
      ...["ms", "min", "max", "times ours", "min", "max"].map(right),
    ],
    peers.map(({ name, title, version, backend, device }) => {
      const row = rows.find(({ peer }) => peer === name);
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

function titleOf(peers: readonly PeerInfo[], name: string): string {
  return peers.find((peer) => peer.name === name)?.title ?? name;
}
