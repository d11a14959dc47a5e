import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { KernelTime, PerfRecord } from "../perf/record.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import { withTempDir } from "../testing.ts";
import { UsageError } from "../usage_error.ts";
import { compare } from "./mod.ts";

/** A record whose one kernel takes so long. */
function record(samplesMs: readonly number[], parts: Partial<PerfRecord> = {}): PerfRecord {
  const kernel: KernelTime = { name: "k", op: "k", flops: 1, bytes: 1, dispatches: 1, runs: 1, samplesMs };
  return fakePerfRecord({ kernels: [kernel], ...parts });
}

const QUIET = [10, 11, 12, 13, 14], SLOW = QUIET.map((ms) => 1.5 * ms);

/** Compares two records through files. */
async function start(base: unknown, head: unknown, words: string[] = []) {
  let result = { code: 0, text: "" };
  await withTempDir(async (dir) => {
    const paths = [`${dir}/base.json`, `${dir}/head.json`];
    for (const [i, json] of [base, head].entries()) {
      await Deno.writeTextFile(paths[i], typeof json === "string" ? json : JSON.stringify(json));
    }
    let text = "";
    const code = await compare([...words, ...paths], { stdout: (part) => text += part });
    result = { code, text };
  });
  return result;
}

Deno.test("compare() ends with 0 where nothing changed, and prints every quantity", async () => {
  const { code, text } = await start(record(QUIET), record(QUIET));
  assertEquals(code, 0);
  assertMatch(text, /kernels \/ k +12\.0 +12\.0 +ms +1\.000 +1\.000 +same\n/);
  assertMatch(text, /peak memory \/ resnet8 +2097152 +2097152 +bytes +1\.000 +- +same\n/);
  assertMatch(text, /0 worse, 0 better, 10 the same\.\n$/);
});

Deno.test("compare() ends with 3 where a kernel became slower, and with 0 where it became faster", async () => {
  const slower = await start(record(QUIET), record(SLOW));
  assertEquals(slower.code, 3);
  assertMatch(slower.text, /kernels \/ k +12\.0 +18\.0 +ms +1\.500 +0\.008 +worse\n/);
  assertEquals((await start(record(SLOW), record(QUIET))).code, 0);
});

Deno.test("compare() takes a threshold, before or after the files", async () => {
  assertEquals((await start(record(QUIET), record(SLOW), ["--threshold", "1.6"])).code, 0);
  assertEquals((await start(record(QUIET), record(SLOW), ["--threshold=1.4"])).code, 3);
});

Deno.test("compare() prints nothing but JSON with --json", async () => {
  const { text } = await start(record(QUIET), record(SLOW), ["--json"]);
  const { threshold, p, differences, changes } = JSON.parse(text);
  assertEquals([threshold, p, differences], [1.1, 0.01, []]);
  assertEquals(changes.find(({ name }: { name: string }) => name === "kernels / k").verdict, "worse");
});

Deno.test("compare() refuses unlike machines unless told not to mind", async () => {
  const { machine } = fakePerfRecord();
  const other = record(QUIET, {
    machine: { ...machine, cpu: "another", adapter: { ...machine.adapter, vendor: "v" } },
  });
  const error = await assertRejects(() => start(record(QUIET), other), UsageError);
  assertMatch(
    error.message,
    /unlike machines, processor a processor and another; adapter an adapter and v an adapter\n/,
  );
  assertStringIncludes(error.message, "Hint: add --anyway");
  const { code, text } = await start(record(QUIET), other, ["--anyway"]);
  assertEquals(code, 0);
  assertStringIncludes(text, "Unlike: processor a processor and another;");
});

for (
  const [what, head, message] of [
    ["no JSON", "{", /head\.json: it is not JSON$/],
    ["another file", {}, /its schema is missing, known are realfeatures\/perf/],
    [
      "a broken record",
      { ...record(QUIET), kernels: 3 },
      /Cannot read performance record: kernels is not a list, got 3$/,
    ],
  ] as const
) {
  Deno.test(`compare() refuses ${what}`, async () => {
    assertMatch((await assertRejects(() => start(record(QUIET), head), UsageError)).message, message);
  });
}

for (
  const [args, message] of [
    [["a.json"], /expected two records, given a\.json\nHint: deno task bench compare BASE\.json HEAD\.json$/],
    [["no/such.json", "b.json"], /^Cannot compare no\/such\.json: no such file$/],
    [["a", "b", "--threshold", "0.5"], /--threshold must be a number from 1, given 0\.5$/],
    [["a", "b", "--anyways"], /unknown option --anyways, did you mean --anyway/],
  ] as const
) {
  Deno.test(`compare() refuses ${args.join(" ")}`, async () => {
    const error = await assertRejects(() => compare(args, { stdout: () => {} }), UsageError);
    assertMatch(error.message, message);
  });
}

Deno.test("compare() shows its help", async () => {
  let text = "";
  assertEquals(await compare(["-h"], { stdout: (part) => text += part }), 0);
  for (const part of ["BASE HEAD", "--threshold N", "--anyway", "--json"]) assertStringIncludes(text, part);
});
