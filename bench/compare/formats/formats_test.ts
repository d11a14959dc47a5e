import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DOMParser } from "linkedom";
import type { Change } from "../change.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";
import type { Comparison } from "../comparison.ts";
import { FORMATS } from "./mod.ts";

const SIDE = {
  path: "runs/a",
  records: 1,
  startedAt: "2026-01-02T03:04:05.000Z",
  commit: "0123456789abcdef",
  preset: "small",
  deno: "2.9.6",
  driver: "Mesa 25.0.7 (libvulkan_lvp.so)",
  readPath: "texture",
  notes: [],
};

const CHANGE: Change = {
  cell: "sl/natural",
  name: "cleanAccuracy",
  kind: "accuracy",
  unit: "fraction",
  better: "more",
  base: 0.5,
  head: 0.47,
  difference: -0.03,
  interval: [-0.05, -0.01],
  p: 0.004,
  statistic: "mean difference of 5 seeds in pairs, 95 % t interval",
  verdict: "worse",
  headSpread: { sd: 0.01, range: [0.46, 0.48] },
};
const NASTY = `a<b> & "c" | 'd' \u0001 \`e\` _f_`;
const COMPARISON: Comparison = {
  base: SIDE,
  head: { ...SIDE, path: NASTY },
  thresholds: DEFAULT_THRESHOLDS,
  unlike: [],
  regression: true,
  changes: [
    CHANGE,
    {
      ...CHANGE,
      cell: "",
      name: NASTY,
      kind: "time",
      unit: "ms",
      better: "less",
      base: 2,
      head: 2,
      difference: 1,
      interval: null,
      verdict: "same",
      headSpread: { sd: 0.1, range: [1.5, 2.5] },
    },
    {
      ...CHANGE,
      name: "imagesPerSecond",
      kind: "time",
      unit: "images/s",
      base: 100,
      head: 90,
      difference: 1.1,
      interval: null,
      verdict: "too few",
      headSpread: { sd: null, range: null },
    },
    {
      ...CHANGE,
      name: "robustAccuracy",
      head: null,
      difference: null,
      interval: null,
      p: null,
      verdict: "only in base",
      headSpread: null,
    },
  ],
};

Deno.test("formatJunit() is well-formed XML that holds every name as it is", () => {
  const xml = FORMATS.junit(COMPARISON);
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const cases = [...document.querySelectorAll("testcase")];
  assertEquals(cases.length, 4);
  // linkedom leaves these three as they are in attributes.
  const name = cases[1].getAttribute("name")!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll(
    "&amp;",
    "&",
  );
  assertEquals(name, NASTY.replace("\u0001", "\ufffd"));
  assertEquals(cases.map((one) => one.children[0]?.tagName ?? null), ["failure", null, "skipped", "skipped"]);
  assertStringIncludes(cases[0].textContent ?? "", "from 50.0 to 47.0 %, change -3.0");
  const suite = document.querySelector("testsuite")!;
  assertEquals(["tests", "failures", "skipped"].map((name) => suite.getAttribute(name)), ["4", "1", "2"]);
  // Tags are balanced and nothing is left that XML forbids; linkedom alone would forgive both.
  const names = [...xml.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)];
  const open: string[] = [];
  for (const [, close, name, empty] of names) {
    if (close) assertEquals(open.pop(), name);
    else if (!empty) open.push(name);
  }
  assertEquals(open, []);
  assert(!/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(xml) && !xml.includes("\u0001"));
});

Deno.test("formatMarkdown() keeps its table whole, whatever the names", () => {
  const text = FORMATS.markdown(COMPARISON);
  assert(text.startsWith("## Regression found\n"));
  assertStringIncludes(
    text,
    "| sl/natural / cleanAccuracy | 50.0 | 47.0 | % | -3.0 | -5.0 to -1.0 | 0.004 | worse |",
  );
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  for (const row of rows) assertEquals(row.replaceAll("\\|", "").split("|").length, 10, row);
  assertStringIncludes(
    text,
    "1 worse, 0 better, 1 the same, 1 with too few values to tell, 1 on one side only.",
  );
});

Deno.test("formatGithubActionBenchmark() has one direction a file, and the fields that the action reads", () => {
  assertEquals(JSON.parse(FORMATS["github-action-benchmark"](COMPARISON)), [
    { name: NASTY, unit: "ms", value: 2, range: "± 0.1", extra: `same against base; ${CHANGE.statistic}` },
  ]);
  const bigger = JSON.parse(FORMATS["github-action-benchmark-bigger"](COMPARISON));
  assertEquals(bigger.map(({ name, unit, value }: Record<string, unknown>) => [name, unit, value]), [
    ["sl/natural / cleanAccuracy", "%", 47],
    ["sl/natural / imagesPerSecond", "images/s", 90],
  ]);
});

Deno.test("formatBencher() is Bencher's metric format, times in nanoseconds", () => {
  assertEquals(JSON.parse(FORMATS.bencher(COMPARISON)), {
    "sl/natural / cleanAccuracy": { accuracy: { value: 0.47, lower_value: 0.46, upper_value: 0.48 } },
    [NASTY]: { latency: { value: 2e6, lower_value: 1.5e6, upper_value: 2.5e6 } },
    "sl/natural / imagesPerSecond": { throughput: { value: 90 } },
  });
});
