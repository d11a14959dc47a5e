import type { History, PeersRecord, PerfRecord } from "../../bench/records/mod.ts";
import { type Html, markup } from "../html.ts";
import { historySection } from "../sections/history.ts";
import { peersSection } from "../sections/peers.ts";
import { performanceSection } from "../sections/performance.ts";
import { htmlPage } from "../shell.ts";

/** Records of speed, and the history; each may be absent. */
export interface SpeedRecords {
  readonly perf?: PerfRecord;
  readonly peers?: PeersRecord;
  readonly history?: History;
}

/** The sections that show them. */
export function performanceParts(
  { perf, peers, history }: SpeedRecords,
): (readonly [id: string, title: string, content: Html | null])[] {
  return [
    ...(perf ? [["performance", "Performance", performanceSection(perf)] as const] : []),
    ...(peers ? [["peers", "Beside other packages", peersSection(peers)] as const] : []),
    ...(history ? [["history", "History", historySection(history)] as const] : []),
  ];
}

/**
 * Records of speed as a page of their own.
 *
 * @throws {TypeError} If no record is given.
 */
export function renderPerformance(performance: SpeedRecords): string {
  const sections = performanceParts(performance)
    .filter((part): part is readonly [string, string, Html] => part[2] !== null);
  const record = performance.perf ?? performance.peers;
  if (record === undefined && performance.history !== undefined) return historyPage(sections);
  if (record === undefined) throw new TypeError("Cannot make page: no record was given");
  return htmlPage({
    title: `How fast? ${record.machine.name} (realfeatures)`,
    heading: "How fast is it?",
    meta: markup`<p class="meta">realfeatures · <strong>${record.machine.name}</strong> · ${
      record.startedAt.slice(0, 10)
    }</p>`,
    notices: null,
    sections,
    footer:
      "Made by <code>deno task report --perf</code>. The page holds its own data and needs neither network nor script.",
  });
}

function historyPage(sections: readonly (readonly [id: string, title: string, content: Html])[]): string {
  return htmlPage({
    title: "Measurements, run after run (realfeatures)",
    heading: "Measurements, run after run",
    meta: markup`<p class="meta">realfeatures</p>`,
    notices: null,
    sections,
    footer:
      "Made by <code>deno task report --history</code>. The page holds its own data and needs neither network nor script.",
  });
}
