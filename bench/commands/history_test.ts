import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { sealed } from "../records/seal.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import { fakeRecord, withTempDir, writeSealed } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { HistoryLine } from "../records/history_line.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { COMPARE_COMMAND } from "./compare.ts";
import { HISTORY_COMMAND } from "./history.ts";
import { servicesFor } from "./testing.ts";

async function run(args: readonly string[]) {
  let stdout = "", stderr = "";
  const code = await runCommand(
    HISTORY_COMMAND,
    args,
    servicesFor({ stdout: (text) => stdout += text, stderr: (text) => stderr += text }),
  );
  return { code, stdout, stderr };
}

const compare = (args: string[], stdout: (text: string) => void) =>
  runCommand(COMPARE_COMMAND, args, servicesFor({ stdout }));

async function writeRun(dir: string, accuracies: readonly number[], startedAt = "2026-01-02T03:04:05.000Z") {
  await Deno.mkdir(`${dir}/records`, { recursive: true });
  for (const [seed, value] of accuracies.entries()) {
    const cell = fakeRecord({
      cell: `sl/natural/seed-${seed}`,
      seed,
      startedAt,
      config: { dataset: { testSize: 100 } },
      metrics: {
        cleanAccuracy: { value, unit: "fraction" },
        imagesPerSecond: { value: 300 + seed, unit: "images/s" },
      },
    });
    await writeSealed(`${dir}/records/seed-${seed}.json`, cell);
  }
}

async function entriesIn(file: string): Promise<HistoryLine[]> {
  return JSON.parse((await run([file, "--json"])).stdout);
}

Deno.test("history() adds a line for a run, once, and lists it", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    await writeRun(`${dir}/run`, [0.5, 0.6, 0.7]);
    const { stdout, stderr } = await run([file, "--append", `${dir}/run`]);
    assertMatch(stdout, /^time .*\n-.*\n2026-01-02T03:04:05\.000Z +cells +small +unknown .* 2 +0\n$/);
    assertStringIncludes(stderr, "1 of 1 lines added");
    assertStringIncludes((await run([file, "--append", `${dir}/run`])).stderr, "0 of 1 lines added");
    const [{ metrics: [clean, speed] }] = await entriesIn(file);
    assertEquals([clean.cell, clean.name, clean.n, clean.statistic], [
      "sl/natural",
      "cleanAccuracy",
      3,
      "mean of 3 seeds, 95 % t interval",
    ]);
    assertEquals(Math.round(1e6 * clean.value), 600_000);
    assertEquals([speed.value, speed.statistic], [301, "median of 3 samples, min and max"]);
  });
});

Deno.test("history() takes a run whose records are of several commits, and says so", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    await Deno.mkdir(`${dir}/run/records`, { recursive: true });
    const commits = [["newest", "2026-01-03T00:00:00.000Z"], ["older", "2026-01-02T00:00:00.000Z"]] as const;
    for (const [seed, [commit, startedAt]] of commits.entries()) {
      const cell = fakeRecord({
        cell: `sl/natural/seed-${seed}`,
        seed,
        commit,
        startedAt,
        dirty: seed === 1,
      });
      await writeSealed(`${dir}/run/records/${seed}.json`, cell);
    }
    const { stdout } = await run([file, "--append", `${dir}/run`]);
    assertMatch(stdout, /\n2026-01-03T00:00:00\.000Z +cells +small +newest and another +none/);
    const [{ commit, otherCommits, dirty }] = await entriesIn(file);
    assertEquals([commit, otherCommits, dirty], ["newest", ["older"], false]);
    const odd = (await Deno.readTextFile(file)).replace('["older"]', "[1]");
    await Deno.writeTextFile(file, odd);
    assertMatch((await run([file])).stderr, /line 1: otherCommits\[0\] is not a string, got 1/);
  });
});

Deno.test("history() keeps the driver where the record knows it, for compare to show", async () => {
  await withTempDir(async (dir) => {
    const { machine } = fakePerfRecord(), file = `${dir}/h.jsonl`;
    for (const [i, driver] of [null, "Mesa 1.2.3"].entries()) {
      const record = fakePerfRecord({
        machine: { ...machine, driver },
        startedAt: `2026-01-0${i + 1}T00:00:00.000Z`,
      });
      await writeSealed(`${dir}/${i}.json`, record);
      await run([file, "--append", `${dir}/${i}.json`]);
    }
    const [old, now] = await entriesIn(file);
    assertEquals([Object.hasOwn(old, "driver"), now.driver], [false, "Mesa 1.2.3"]);
    let text = "";
    await compare([`${dir}/0.json`, file], (part) => text += part);
    assertMatch(text, /Base: .*Deno 0\nHead: .*Deno 0, driver Mesa 1\.2\.3\n/);
  });
});

Deno.test("history() gives compare what it needs: a drop between run and history is found in pairs of seeds", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    await writeRun(`${dir}/a`, [0.7, 0.72, 0.69, 0.71, 0.7]);
    await writeRun(`${dir}/b`, [0.67, 0.68, 0.66, 0.69, 0.67]);
    await run([file, "--append", `${dir}/a`]);
    let text = "";
    assertEquals(await compare([file, `${dir}/b`], (part) => text += part), 3);
    assertStringIncludes(text, "mean difference of 5 seeds in pairs");
    assertEquals(await compare([file, `${dir}/a`], () => {}), 0);
  });
});

Deno.test("history() names a line that was cut off, appends after it, and sets it aside when pruning", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    await writeSealed(`${dir}/p.json`, fakePerfRecord({ startedAt: at(1) }));
    await run([file, "--append", `${dir}/p.json`]);
    await Deno.writeTextFile(file, '{"schema":"realfeatures/hist', { append: true });
    assertMatch((await run([file])).stderr, /h\.jsonl, line 2: it is cut off, it is not JSON, .*\n$/);
    await writeSealed(`${dir}/p.json`, fakePerfRecord({ startedAt: at(2) }));
    const added = await run([file, "--append", `${dir}/p.json`]);
    assertMatch(added.stderr, /1 of 1 lines added.*\n.*line 2: it is not JSON, .*\n$/);
    assertEquals((await entriesIn(file)).map(({ startedAt }) => startedAt), [at(1), at(2)]);
    const pruned = await run([file, "--prune", "last=1"]);
    assertStringIncludes(pruned.stderr, "1 of 2 lines removed\n1 damaged lines set aside");
    assertEquals((await entriesIn(file)).map(({ startedAt }) => startedAt), [at(2)]);
    assertEquals(await Deno.readTextFile(`${file}.damaged`), '{"schema":"realfeatures/hist\n');
  });
});

Deno.test("history() refuses lines of a later version, for reading and for adding", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    await writeSealed(`${dir}/p.json`, fakePerfRecord());
    await run([file, "--append", `${dir}/p.json`]);
    const { sha256: _, ...line } = JSON.parse(await Deno.readTextFile(file));
    const later = JSON.stringify(sealed({ ...line, version: 3 }));
    await Deno.writeTextFile(file, `${later}\n`, { append: true });
    for (const args of [[file], [file, "--append", `${dir}/p.json`]]) {
      const error = await assertRejects(() => run(args), UsageError);
      assertMatch(
        error.message,
        /h\.jsonl: line 2 cannot be used, .* version is 3, known are 1 to 2\nHint: use the version/,
      );
    }
  });
});

Deno.test("history() lists an older run that was added later in its place in time, and prunes by time", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`, days = [2, 4, 1, 3].map((day) => `2026-01-0${day}T00:00:00.000Z`);
    for (const startedAt of days) {
      await writeSealed(`${dir}/p.json`, fakePerfRecord({ startedAt }));
      await run([file, "--append", `${dir}/p.json`]);
    }
    const { stdout, stderr } = await run([file, "--json"]);
    const timesOf = (json: string) => (JSON.parse(json) as HistoryLine[]).map(({ startedAt }) => startedAt);
    assertEquals([timesOf(stdout), stderr], [days.toSorted(), ""]);
    const { stdout: kept } = await run([file, "--prune", "last=2", "--json"]);
    assertEquals(timesOf(kept), [days[3], days[1]]);
    assertEquals((await entriesIn(file)).map(({ startedAt }) => startedAt), [days[3], days[1]]);
  });
});

Deno.test("history() stands for its newest run in a comparison, wherever its line is", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    for (const [name, day, accuracy] of [["new", 2, 0.7], ["old", 1, 0.2]] as const) {
      const record = fakeRecord({
        startedAt: `2026-01-0${day}T00:00:00.000Z`,
        metrics: { cleanAccuracy: { value: accuracy, unit: "fraction" } },
      });
      await writeSealed(`${dir}/${name}.json`, record);
      await run([file, "--append", `${dir}/${name}.json`]);
    }
    let json = "";
    await compare([file, `${dir}/new.json`, "--json"], (part) => json += part);
    const { base, changes } = JSON.parse(json);
    assertEquals(base.startedAt, "2026-01-02T00:00:00.000Z");
    assertEquals(changes.find(({ kind }: { kind: string }) => kind === "accuracy").base, 0.7);
  });
});

Deno.test("history() takes lines of many writers at once without mixing them", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    await Promise.all(Array.from({ length: 16 }, async (_, i) => {
      const startedAt = new Date(1e12 + i * 1000).toISOString();
      await writeSealed(`${dir}/${i}.json`, fakePerfRecord({ startedAt }));
      await run([file, "--append", `${dir}/${i}.json`]);
    }));
    const { stdout, stderr } = await run([file, "--json"]);
    assertEquals(JSON.parse(stdout).length, 16);
    assert(!stderr.includes("not JSON"));
  });
});

for (
  const [args, message] of [
    [[], /expected FILE.jsonl, given nothing\nHint/],
    [
      ["no/such.jsonl"],
      /^Cannot read history no\/such\.jsonl: no such file or folder\nHint: .*--append RUN starts one$/,
    ],
    [["a.jsonl", "--prune", "all"], /must be last=NUMBER or since=DATE, not all, given all\nHint/],
    [["a.jsonl", "--append", "no/such"], /Cannot compare no\/such: no such file or folder/],
  ] as const
) {
  Deno.test(`history() refuses ${args.join(" ") || "no arguments"}`, async () => {
    assertMatch((await assertRejects(() => run(args), UsageError)).message, message);
  });
}

Deno.test("history() shows its help", async () => {
  assertStringIncludes((await run(["--help"])).stdout, "--prune KEEP");
});
