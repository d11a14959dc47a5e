import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { encodeSafetensors } from "../../engine/files/safetensors.ts";
import { sha256Hex } from "../../common/sha256.ts";
import type { KernelTime, PerfRecord } from "../records/perf_record.ts";
import { sealed } from "../records/seal.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import { fakeRecord, withTempDir, writeSealed } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { COMPARE_COMMAND } from "./compare.ts";
import { servicesFor } from "./testing.ts";

const compare = (args: readonly string[], { stdout }: { stdout: (text: string) => void }) =>
  runCommand(COMPARE_COMMAND, args, servicesFor({ stdout }));

/** A record whose one kernel takes so long. */
function record(samplesMs: readonly number[], parts: Partial<PerfRecord> = {}): PerfRecord {
  const kernel: KernelTime = { name: "k", op: "k", flops: 1, bytes: 1, dispatches: 1, runs: 1, samplesMs };
  return fakePerfRecord({ kernels: [kernel], ...parts });
}

const QUIET = [10, 11, 12, 13, 14], SLOW = QUIET.map((ms) => 1.5 * ms);

/** Compares two records through files. */
async function start(base: unknown, head: unknown, args: string[] = []) {
  let result = { code: 0, text: "" };
  await withTempDir(async (dir) => {
    const paths = [`${dir}/base.json`, `${dir}/head.json`];
    for (const [i, json] of [base, head].entries()) {
      await Deno.writeTextFile(
        paths[i],
        typeof json === "string" ? json : JSON.stringify(sealed(json as object)),
      );
    }
    let text = "";
    const code = await compare([...args, ...paths], { stdout: (part) => text += part });
    result = { code, text };
  });
  return result;
}

/** Compares five records a side, whose times differ by a percent from one to the next. */
async function startFive(base: PerfRecord, head: PerfRecord, args: string[] = []) {
  let result = { code: 0, text: "" };
  await withTempDir(async (dir) => {
    for (const [name, one] of Object.entries({ base, head })) {
      await Deno.mkdir(`${dir}/${name}`);
      for (let i = 0; i < 5; i++) {
        const kernels = one.kernels.map((kernel) => ({
          ...kernel,
          samplesMs: kernel.samplesMs.map((ms) => ms * (0.98 + i / 100)),
        }));
        await writeSealed(`${dir}/${name}/${i}.json`, { ...one, kernels });
      }
    }
    let text = "";
    const code = await compare([...args, `${dir}/base`, `${dir}/head`], { stdout: (part) => text += part });
    result = { code, text };
  });
  return result;
}

/** Writes a run folder of natural cells with a clean accuracy of each seed; outcomes where asked for. */
async function writeRun(
  dir: string,
  accuracies: readonly number[],
  { outcomes = false, damaged = false, preset = "small" } = {},
) {
  await Deno.mkdir(`${dir}/records`, { recursive: true });
  for (const [seed, value] of accuracies.entries()) {
    const cellName = `sl/natural/seed-${seed}`, path = `artifacts/${cellName}/outcomes.safetensors`;
    const data = Uint8Array.from({ length: 100 }, (_, i) => i < Math.round(100 * value) ? 1 : 0);
    const bytes = encodeSafetensors(new Map([["clean", { dtype: "U8" as const, shape: [100], data }]]));
    const cell = fakeRecord({
      cell: cellName,
      preset,
      seed,
      config: { dataset: { testSize: 100 } },
      metrics: { cleanAccuracy: { value, unit: "fraction" } },
      artifacts: outcomes ? [{ kind: "outcomes", path, sha256: sha256Hex(bytes) }] : [],
    });
    await writeSealed(`${dir}/records/sl--natural--seed-${seed}.json`, cell);
    if (!outcomes) continue;
    await Deno.mkdir(`${dir}/artifacts/${cellName}`, { recursive: true });
    await Deno.writeFile(`${dir}/${path}`, damaged ? bytes.with(-1, bytes.at(-1)! ^ 1) : bytes);
  }
  await Deno.writeTextFile(`${dir}/run.json`, "{}");
}

async function startRuns(
  base: readonly number[],
  head: readonly number[],
  options = {},
  args: string[] = [],
) {
  let result = { code: 0, text: "" };
  await withTempDir(async (dir) => {
    await writeRun(`${dir}/a`, base, options);
    await writeRun(`${dir}/b`, head, options);
    let text = "";
    const code = await compare([`${dir}/a`, `${dir}/b`, ...args], { stdout: (part) => text += part });
    result = { code, text };
  });
  return result;
}

Deno.test("compare() ends with 0 where nothing changed, and prints every quantity", async () => {
  const { code, text } = await start(record(QUIET), record(QUIET));
  assertEquals(code, 0);
  assertMatch(text, /kernels \/ k +12\.0 +12\.0 +ms +1\.000x +- +1\.000 +same\n/);
  assertMatch(text, /peak memory \/ resnet8 +2097152 +2097152 +bytes +1\.000x +- +- +same\n/);
  assertMatch(text, /0 worse, 0 better, 10 the same\.\n$/);
});

Deno.test("compare() with --only-changed shows what changed alone, and counts the rest", async () => {
  const { text } = await startFive(record(QUIET), record(SLOW), ["--only-changed"]);
  assertMatch(text, /kernels \/ k .* worse\n/);
  assert(!/ same\n/.test(text));
  assertMatch(text, /\n1 worse, 0 better, 9 the same\.\n$/);
  const { text: markdown } = await startFive(record(QUIET), record(SLOW), [
    "--only-changed",
    "--format",
    "markdown",
  ]);
  assertMatch(markdown, /\| kernels \/ k .* worse \|\n/);
  assert(!markdown.includes("<details>") && !markdown.includes("| same |"));
  const same = await start(record(QUIET), record(QUIET), ["--only-changed"]);
  assertMatch(same.text, /^Base: .*\nHead: .*\n0 worse, 0 better, 10 the same\.\n$/);
  const error = await assertRejects(() => start(record(QUIET), record(QUIET), ["--only-changed", "--json"]));
  assertMatch((error as Error).message, /--only-changed shortens text and markdown, given format json/);
});

Deno.test("compare() ends with 3 where a kernel became slower, and with 0 where it became faster", async () => {
  const slower = await startFive(record(QUIET), record(SLOW));
  assertEquals(slower.code, 3);
  assertMatch(slower.text, /kernels \/ k +12\.0 +18\.0 +ms +1\.500x +- +0\.008 +worse\n/);
  assertStringIncludes(slower.text, "Judged by: median of 5 and 5 records' medians, Mann-Whitney test");
  assertEquals((await startFive(record(SLOW), record(QUIET))).code, 0);
});

Deno.test("compare() is unsure of what one record shows, and says what would tell", async () => {
  for (const [base, head] of [[QUIET, SLOW], [SLOW, QUIET]]) {
    const { code, text } = await start(record(base), record(head));
    assertEquals(code, 0);
    assertMatch(text, /kernels \/ k .* 0\.008 +unsure\n/);
    assertMatch(text, /, 1 unsure \(take five records on each side\)\.\n$/);
  }
});

Deno.test("compare() finds a drop over seeds in run folders, and says which statistic it shows", async () => {
  const { code, text } = await startRuns([0.7, 0.72, 0.69, 0.71, 0.7], [0.67, 0.68, 0.66, 0.69, 0.67]);
  assertEquals(code, 3);
  assertMatch(text, /sl\/natural \/ cleanAccuracy +70\.4 +67\.4 +% +-3\.0 +-3\.9 to -2\.1 +<0\.001 +worse\n/);
  assertStringIncludes(text, "Judged by: mean difference of 5 seeds in pairs, 95 % t interval\n");
  assertEquals((await startRuns([0.7, 0.72], [0.7, 0.72])).code, 0);
});

Deno.test("compare() of one seed goes by the outcomes of single images where both runs have them", async () => {
  const { code, text } = await startRuns([0.7], [0.58], { outcomes: true });
  assertEquals(code, 3); // 12 images lost, none won: p = 2^-11, though two shares of 100 images would not differ
  assertStringIncludes(text, "one seed: the same 100 test images in pairs, McNemar's exact test");
  const damaged = await startRuns([0.7], [0.58], { outcomes: true, damaged: true });
  assertStringIncludes(damaged.text, "a file of outcomes is not the one its record names");
  const without = await startRuns([0.7], [0.58]);
  assertEquals(without.code, 0);
  assertStringIncludes(without.text, "100 and 100 test images taken as independent");
});

Deno.test("compare() takes thresholds from YAML", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/t.yaml`, 'metrics:\n  "kernels / *": { slowdownPercent: 60 }\n');
    const args = ["--thresholds", `${dir}/t.yaml`];
    assertEquals((await startFive(record(QUIET), record(SLOW), args)).code, 0);
    await Deno.writeTextFile(`${dir}/t.yaml`, "minRecords: 1\n");
    assertEquals((await start(record(QUIET), record(SLOW), args)).code, 3);
    await Deno.writeTextFile(`${dir}/t.yaml`, "driftPercents: 60\n");
    const error = await assertRejects(
      () => start(record(QUIET), record(SLOW), args),
      UsageError,
    );
    assertMatch(
      error.message,
      /driftPercents is not a known key, did you mean driftPercent, known are accuracyDrop/,
    );
  });
});

Deno.test("compare() merges further records into a side", async () => {
  await withTempDir(async (dir) => {
    const paths: string[] = [];
    for (const [i, samples] of [QUIET, QUIET, SLOW].entries()) {
      paths.push(`${dir}/${i}.json`);
      await writeSealed(paths[i], record(samples));
    }
    let text = "";
    const args = [paths[0], paths[2], "--more-base", paths[1], "--json"];
    await compare(args, { stdout: (part) => text += part });
    const { base, head, changes } = JSON.parse(text);
    assertEquals([base.records, head.records], [2, 1]);
    assertStringIncludes(changes[0].statistic, "median of 6 and 3 samples"); // of the made-up ceilings
  });
});

Deno.test("compare() writes any format to a file, and prints the text", async () => {
  await withTempDir(async (dir) => {
    for (
      const [format, starts] of [
        ["markdown", "## Regression found\n"],
        ["junit", '<?xml version="1.0"'],
        ["json", "{"],
        ["bencher", "{"],
        ["github-action-benchmark", "["],
      ]
    ) {
      const file = `${dir}/out`;
      const { code, text } = await startFive(record(QUIET), record(SLOW), [
        "--format",
        format,
        "--output",
        file,
      ]);
      assertEquals(code, 3);
      assert((await Deno.readTextFile(file)).startsWith(starts), format);
      assertStringIncludes(text, "1 worse");
    }
  });
});

Deno.test("compare() refuses unlike things, names the field, and continues where told to", async () => {
  const { machine } = fakePerfRecord();
  const other = record(SLOW, { machine: { ...machine, cpu: "another" } });
  const error = await assertRejects(() => start(record(QUIET), other), UsageError);
  assertMatch(
    error.message,
    /machine cpu is "a processor" and "another"\nHint: add --allow-different machine to/,
  );
  const { code, text } = await start(record(QUIET), other, ["--allow-different", "machine"]);
  assertEquals(code, 0); // times of unlike machines are not judged
  assertStringIncludes(text, "Unlike: machine cpu is");
  assertMatch(text, /kernels \/ k .* unlike\n/);
});

Deno.test("compare() judges the times of another driver on the same machine, and names both", async () => {
  const { machine } = fakePerfRecord();
  const of = (driver?: string | null) => ({ machine: { ...machine, driver } });
  const { code, text } = await startFive(record(QUIET, of("Mesa 1.2.3")), record(SLOW, of("Mesa 4.5.6")));
  assertEquals(code, 3);
  assertMatch(text, /Base: .*, driver Mesa 1\.2\.3\nHead: .*, driver Mesa 4\.5\.6\n/);
  assertStringIncludes((await start(record(QUIET, of(null)), record(QUIET, of()))).text, ", Deno 0\n");
});

Deno.test("compare() refuses other presets, settings and data by name", async () => {
  const cell = (parts: object) =>
    fakeRecord({ metrics: { cleanAccuracy: { value: 0.5, unit: "fraction" } }, ...parts });
  for (
    const [parts, message] of [
      [{ preset: "other" }, /preset is "small" and "other"\nHint: add --allow-different preset/],
      [
        { configHash: "1".repeat(64), config: { lr: 2 } },
        /config of sl\/natural lr is nothing and 2\nHint: .* config /,
      ],
      [{ dataset: { name: "planted", sha256: "f".repeat(64) } }, /data is ".*" and "f+"\nHint/],
      [{ readPath: "other" }, /kernels is ".*" and "other"\nHint/],
    ] as const
  ) {
    const error = await assertRejects(() => start(cell({}), cell(parts)), UsageError);
    assertMatch(error.message, message);
  }
  const error = await assertRejects(() => start(cell({}), record(QUIET)), UsageError);
  assertMatch(error.message, /they are of different kinds, cells and perf$/);
});

for (
  const [what, head, message] of [
    ["no JSON", "{", /head\.json: it is not JSON$/],
    ["another file", {}, /its schema is missing, known are realfeatures\/cell, realfeatures\/perf/],
    ["a cell of a later version", { ...fakeRecord(), version: 99 }, /version is 99, known are 1 to 2$/],
    ["a record of a later version", { ...record(QUIET), version: 99 }, /version is 99, known are 1 to 2$/],
    [
      "a broken record",
      { ...record(QUIET), kernels: 3 },
      /the record of bench perf: kernels is not a list, got 3$/,
    ],
  ] as const
) {
  Deno.test(`compare() refuses ${what}`, async () => {
    assertMatch((await assertRejects(() => start(record(QUIET), head), UsageError)).message, message);
  });
}

for (
  const [args, message] of [
    [["a.json"], /expected BASE HEAD, given a\.json\nHint: deno task bench compare BASE HEAD \[options\]$/],
    [["no/such.json", "b.json"], /^Cannot compare no\/such\.json: no such file or folder$/],
    [["a", "b", "--format", "junits"], /unknown format junits, did you mean junit, known are text, /],
    [["a", "b", "--thresholds", "no/such"], /^Cannot read thresholds no\/such: no such file or folder$/],
    [["a", "b", "--allow-different", "dat"], /unknown field dat, did you mean data, known are schema, /],
    [["a", "b", "--formats"], /unknown option --formats, did you mean --format/],
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
  for (const part of ["BASE HEAD", "--format NAME", "--allow-different", "3 something became worse"]) {
    assertStringIncludes(text, part);
  }
});
