import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HISTORY_LINE, type HistoryLine, type HistoryMetric } from "../../bench/records/mod.ts";
import { historySection } from "./history.ts";

const METRIC: HistoryMetric = {
  cell: "sl/natural",
  name: "cleanAccuracy",
  kind: "accuracy",
  unit: "fraction",
  better: "more",
  images: 100,
  value: 0.5,
  sd: 0.01,
  n: 5,
  interval: [0.48, 0.52],
  statistic: "mean of 5 seeds, 95 % t interval",
  values: [{ seed: 0, samples: [0.5] }],
};

function entry(time: string, value: number, cpu = "a processor"): HistoryLine {
  return HISTORY_LINE.of({
    startedAt: time,
    durationMs: 100,
    kind: "cells",
    preset: "small",
    commit: null,
    dirty: null,
    runtime: { deno: "0" },
    machine: { cpu, cores: 2, os: "none", adapter: "<an adapter>" },
    readPath: "texture",
    jobs: 1,
    data: "d",
    recordVersion: 1,
    configHashes: {},
    unfinished: [],
    metrics: [{ ...METRIC, value }],
  });
}

Deno.test("historySection() draws each quantity over time, for each class of machines apart", () => {
  const entries = [
    entry("2026-01-02T00:00:00Z", 0.5),
    entry("2026-01-03T00:00:00Z", 0.6),
    entry("2026-01-03T00:00:00Z", 0.7, "b"),
  ];
  const text = String(
    historySection({ entries, problems: [{ line: 4, reason: "it is not JSON", text: "{" }] }),
  );
  assertStringIncludes(
    text,
    'sl/natural / cleanAccuracy in %: 2026-01-02 50 (48 to 52), 2026-01-03 60 (48 to 52)"',
  );
  assertStringIncludes(text, "In %, more is better; mean of 5 seeds, 95 % t interval.");
  assertStringIncludes(text, "Line 4 of the history: it is not JSON.");
  assertEquals(text.match(/<h3>/g)?.length, 2);
  assertStringIncludes(text, "&lt;an adapter>".replace(">", "&gt;"));
  assertEquals(text.match(/<circle/g)?.length, 3);
});

Deno.test("historySection() draws what changed before what did not, on an axis that has room for it", () => {
  const times = ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"];
  const entries = times.map((time, i) => ({
    ...entry(time, 0),
    metrics: [
      { ...METRIC, name: "still", value: 0.5, interval: null },
      { ...METRIC, name: "moving", value: 0.3 + i / 100, interval: null },
    ],
  }));
  const text = String(historySection({ entries, problems: [] }));
  const [moving, still] = ["moving", "still"].map((name) => text.indexOf(`sl/natural / ${name} in %: `));
  assert(moving > 0 && still > moving);
  // 45, 50 and 55 %: the line that never changed lies in the middle.
  for (const label of ["46", "50", "54"]) assertStringIncludes(text.slice(still), `>${label}</text>`);
});

Deno.test("historySection() says where a line has records of several commits", () => {
  const line = { ...entry("2026-01-02T00:00:00Z", 0.5), commit: "0123456789ab", otherCommits: ["a", "b"] };
  const text = String(historySection({ entries: [line], problems: [] }));
  assertStringIncludes(text, "<td>0123456789 and 2 others</td>");
});

Deno.test("historySection() shows nothing of an empty history", () => {
  assertEquals(historySection({ entries: [], problems: [] }), null);
});
