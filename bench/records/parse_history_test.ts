import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { HISTORY_LINE, type HistoryLine } from "./history_line.ts";
import { parseHistory } from "./parse_history.ts";
import { sealed } from "./seal.ts";
import { readFixture } from "./testing/fixtures.ts";

const { text } = await readFixture("v1/history.jsonl");
const LINES = text.trimEnd().split("\n");
const lineOf = (line: object) => JSON.stringify(sealed(line));

Deno.test("parseHistory() migrates lines of version 1", () => {
  const { entries, problems } = parseHistory(text);
  assertEquals(problems, []);
  assertEquals(entries.map(({ kind }) => kind), ["peers", "cells", "perf", "attack"]);
  const old = JSON.parse(LINES.find((line) => line.includes('"kind":"perf"'))!);
  const { time, deno, kernelVariant, configs, undone, metrics, ...rest } = old;
  const reworded = metrics.map((metric: { statistic: string }) => ({
    ...metric,
    statistic: metric.statistic.replace("least and most", "min and max"),
  }));
  assertEquals(entries.find(({ kind }) => kind === "perf"), {
    ...rest,
    version: 2,
    startedAt: time,
    durationMs: null,
    runtime: { deno },
    readPath: kernelVariant,
    recordVersion: 2,
    configHashes: configs,
    unfinished: undone,
    metrics: reworded,
  });
});

const [first] = parseHistory(text).entries;

Deno.test("parseHistory() reads lines of both versions in one file", () => {
  const { entries, problems } = parseHistory(`${LINES[0]}\n${lineOf(first)}\n`);
  assertEquals([entries.length, problems], [2, []]);
  assertEquals(entries.map(({ version }) => version), [2, 2]);
});

const changed = (change: Partial<Record<keyof HistoryLine, unknown>>) => lineOf({ ...first, ...change });
const metric = (change: object) => changed({ metrics: [{ ...first.metrics[0], ...change }] });

for (
  const [what, line, reason] of [
    ["a broken line", "{", /^it is not JSON/],
    ["another schema", changed({ schema: "a" as never }), /^schema is not realfeatures\/history, got "a"$/],
    ["a field of another type", changed({ jobs: "2" }), /^jobs is not a whole number from 1, got "2"$/],
    ["a missing field", changed({ metrics: undefined }), /^metrics is missing$/],
    [
      "a unit that differs",
      metric({ unit: "bytes" }),
      /^metrics\[0\]\.unit is not one of time, got "bytes"$/,
    ],
    [
      "no samples",
      metric({ values: [{ seed: null, samples: [] }] }),
      /^metrics\[0\]\.values\[0\]\.samples is empty$/,
    ],
    [
      "a digit that changed",
      lineOf(first).replace('"cores":2', '"cores":3'),
      /^its content has another sha256/,
    ],
    ["no seal", JSON.stringify(first), /^sha256 is missing$/],
  ] as const
) {
  Deno.test(`parseHistory() names a line with ${what}, and reads the others`, () => {
    const { entries, problems } = parseHistory(`${LINES[1]}\n${line}\n${LINES[2]}\n`);
    assertEquals([entries.length, problems.length, problems[0].line, problems[0].text], [2, 1, 2, line]);
    assertMatch(problems[0].reason, reason);
  });
}

Deno.test("parseHistory() says so if the last line was cut off", () => {
  const { problems } = parseHistory(lineOf(first).slice(0, 200));
  assertMatch(problems[0].reason, /^it is cut off, it is not JSON/);
});

Deno.test("parseHistory() refuses a line of a later version, by its number", () => {
  const later = HISTORY_LINE.version + 1;
  assertThrows(
    () => parseHistory(`${LINES[0]}\n${changed({ version: later })}\n`),
    SyntaxError,
    `line 2 cannot be used, it was written by a later version of this program: version is ${later}`,
  );
});
