import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fakeRecord, NO_HASH, withTempDir } from "../../bench/testing.ts";
import { CELL_RECORD, type CellRecord } from "../../bench/records/cell_record.ts";
import { UsageError } from "../../common/usage_error.ts";
import { checkBaseline } from "./check.ts";
import { readRecords, writeBaseline } from "./records.ts";

const SEEDS = [0, 1, 2];

/** Runs of one cell; `clean` are its accuracies by seed. */
function records(clean: readonly number[], own: Partial<CellRecord> = {}): CellRecord[] {
  return SEEDS.map((seed) =>
    fakeRecord({
      cell: `sl/natural/seed-${seed}`,
      seed,
      config: { dataset: { testSize: 128 } },
      machine: machine("llvmpipe (LLVM 15.0.6, 256 bits)"),
      metrics: {
        cleanAccuracy: { value: clean[seed], unit: "fraction" },
        trainLoss: { value: 2.3 + clean[seed], unit: "1" },
        imagesPerSecond: { value: 100 + Math.random(), unit: "images/s" },
      },
      ...own,
    })
  );
}

function machine(description: string, cpu = "AMD EPYC"): CellRecord["machine"] {
  const { machine } = fakeRecord();
  return { ...machine, cpu, adapter: { ...machine.adapter, description } };
}

async function write(dir: string, list: readonly CellRecord[]): Promise<string> {
  await Deno.mkdir(`${dir}/records`, { recursive: true });
  for (const [i, record] of list.entries()) {
    await Deno.writeTextFile(`${dir}/records/${i}.json`, CELL_RECORD.write(record));
  }
  return dir;
}

const CLEAN = [0.25, 0.3125, 0.28125];

/** Checks `head` against the baseline `base`. */
async function check(head: readonly CellRecord[], base = records(CLEAN)) {
  let found: Awaited<ReturnType<typeof checkBaseline>> | undefined;
  await withTempDir(async (dir) => {
    await writeBaseline(`${dir}/baseline`, await write(`${dir}/base`, base));
    found = await checkBaseline(`${dir}/baseline`, await write(`${dir}/head`, head));
  });
  return found!;
}

const ELSEWHERE = machine("llvmpipe (LLVM 20.1.2, 512 bits)", "Intel Xeon");

Deno.test("checkBaseline() finds the same numbers, whatever the speed and the number of cores", async () => {
  const { verdict, text } = await check(
    records(CLEAN, { machine: { ...machine("llvmpipe (LLVM 15.0.6, 256 bits)"), cores: 64 } }),
  );
  assertEquals(verdict, "same");
  assertStringIncludes(text, "The numbers are those of the baseline");
});

Deno.test("checkBaseline() finds one changed image where the baseline was made", async () => {
  const { verdict, text } = await check(records([CLEAN[0] + 1 / 128, ...CLEAN.slice(1)]));
  assertEquals(verdict, "changed");
  assertStringIncludes(text, "sl/natural/seed-0: cleanAccuracy: was 0.25, is 0.2578125");
  assertStringIncludes(text, "deno task baseline --write");
});

Deno.test("checkBaseline() lets pass what other orders of summation do", async () => {
  const head = records(CLEAN).map((record) => ({
    ...record,
    metrics: {
      ...record.metrics,
      trainLoss: { value: record.metrics.trainLoss.value * (1 + 1e-5), unit: "1" },
    },
  }));
  assertEquals((await check(head)).verdict, "same");
});

Deno.test("checkBaseline() lets pass single images on another processor and driver, in both directions", async () => {
  const head = records([CLEAN[0] - 3 / 128, CLEAN[1] + 2 / 128, CLEAN[2] - 2 / 128], { machine: ELSEWHERE });
  const { verdict, text } = await check(head);
  assertEquals(verdict, "same");
  assertStringIncludes(text, "it was made in another place");
});

Deno.test("checkBaseline() finds a drop on another processor and driver", async () => {
  const head = records([0.1, 0.125, 0.09375], { machine: ELSEWHERE });
  const { verdict, comparison } = await check(head);
  assertEquals(verdict, "worse");
  assert(comparison!.changes.some(({ name, verdict }) => name === "cleanAccuracy" && verdict === "worse"));
});

Deno.test("checkBaseline() takes another version of the driver for another place, and one that is not known for the same", async () => {
  const of = (driver: string | null) => ({ machine: { ...records(CLEAN)[0].machine, driver } });
  const changed = [CLEAN[0] + 1 / 128, ...CLEAN.slice(1)];
  for (
    const [before, after, verdict] of [
      [null, "Mesa 22.3.6", "changed"],
      ["Mesa 22.3.6", "Mesa 22.3.6", "changed"],
      ["Mesa 22.3.6", "Mesa 25.0.7", "same"],
    ]
  ) {
    const found = await check(records(changed, of(after)), records(CLEAN, of(before)));
    assertEquals(found.verdict, verdict, `${before}, ${after}`);
  }
  const worse = await check(
    records([0.1, 0.125, 0.09375], of("Mesa 25.0.7")),
    records(CLEAN, of("Mesa 22.3.6")),
  );
  assertEquals(worse.verdict, "worse");
});

Deno.test("checkBaseline() finds failed, missing and new cells", async () => {
  const failed = records(CLEAN).map((record, i): CellRecord =>
    i === 1 ? { ...record, status: "failed", reason: "Cannot learn: no", metrics: {} } : record
  );
  assertEquals((await check(failed)).verdict, "worse");
  const missing = await check(records(CLEAN).slice(1));
  assertEquals([missing.verdict, missing.text.includes("sl/natural/seed-0: is not in the run")], [
    "changed",
    true,
  ]);
  const more = await check([
    ...records(CLEAN),
    fakeRecord({ ...records(CLEAN)[0], cell: "cl/natural/seed-0" }),
  ]);
  assertEquals([more.verdict, more.text.includes("cl/natural/seed-0: is not in the baseline")], [
    "changed",
    true,
  ]);
});

Deno.test("checkBaseline() judges nothing on an adapter of another class", async () => {
  const { verdict, text, comparison } = await check(
    records([0, 0, 0], { machine: machine("NVIDIA GeForce RTX 4090") }),
  );
  assertEquals([verdict, comparison], ["elsewhere", null]);
  assertStringIncludes(text, "is of the adapter llvmpipe, this run is of NVIDIA GeForce RTX 4090");
});

Deno.test("checkBaseline() takes another backend of one adapter for another class", async () => {
  const { adapter, ...rest } = machine("llvmpipe (LLVM 15.0.6, 256 bits)");
  const by = (backend?: string) => records(CLEAN, { machine: { ...rest, adapter: { ...adapter, backend } } });
  const { verdict, text } = await check(by("gl"), by("vulkan"));
  assertEquals(verdict, "elsewhere");
  assertStringIncludes(text, "is of the adapter llvmpipe, this run is of llvmpipe by gl");
  assertEquals((await check(by("vulkan"), by(undefined))).verdict, "same");
});

Deno.test("checkBaseline() says how a new baseline is made where the configuration changed", async () => {
  const error = await assertRejects(() => check(records(CLEAN, { configHash: "f".repeat(64) })), UsageError);
  assertStringIncludes(
    error.message,
    "Hint: if that is meant, deno task baseline --write makes a new baseline",
  );
});

Deno.test("writeBaseline() keeps no files, speeds and limits, and nothing of the baseline before", async () => {
  await withTempDir(async (dir) => {
    const list = records(CLEAN).map((record): CellRecord => {
      const path = `artifacts/${record.cell}/w.safetensors`;
      return { ...record, artifacts: [{ kind: "weights", path, sha256: NO_HASH }] };
    });
    await writeBaseline(`${dir}/baseline`, await write(`${dir}/one`, list));
    const [first] = await readRecords(`${dir}/baseline`);
    assertEquals([first.artifacts, Object.keys(first.metrics)], [[], ["cleanAccuracy", "trainLoss"]]);
    assertEquals([first.machine.adapter.limits, first.config], [{}, list[0].config]);
    assertEquals(await writeBaseline(`${dir}/baseline`, await write(`${dir}/two`, list.slice(1))), 2);
    const names = (await Array.fromAsync(Deno.readDir(`${dir}/baseline`))).map(({ name }) => name);
    assertEquals(names.sort(), ["sl--natural--seed-1.json", "sl--natural--seed-2.json"]);
  });
});

Deno.test("writeBaseline() refuses failed cells, and another class of adapters", async () => {
  await withTempDir(async (dir) => {
    const failed = await write(
      `${dir}/failed`,
      records(CLEAN, { status: "failed", reason: "Cannot learn: no" }),
    );
    await assertRejects(
      () => writeBaseline(`${dir}/baseline`, failed),
      UsageError,
      "is failed, sl/natural/seed-0",
    );
    await writeBaseline(`${dir}/baseline`, await write(`${dir}/one`, records(CLEAN)));
    const other = await write(`${dir}/two`, records(CLEAN, { machine: machine("Apple M2") }));
    const error = await assertRejects(() => writeBaseline(`${dir}/baseline`, other), UsageError);
    assertStringIncludes(
      error.message,
      "it is of the adapter llvmpipe, the run of Apple M2\nHint: add --baseline DIR",
    );
  });
});

Deno.test("writeBaseline() refuses the folder of a run, and leaves files of other names alone", async () => {
  await withTempDir(async (dir) => {
    const run = await write(`${dir}/run/records`, records(CLEAN)),
      one = await write(`${dir}/one`, records(CLEAN));
    await assertRejects(
      () => writeBaseline(`${dir}/run`, one),
      UsageError,
      "it holds records, as the folder of a run",
    );
    assertEquals((await readRecords(run)).length, SEEDS.length);
    const [record] = await readRecords(one);
    await Deno.mkdir(`${dir}/baseline`);
    for (const name of ["mine.json", "sl--natural--seed-7.json"]) {
      await Deno.writeTextFile(
        `${dir}/baseline/${name}`,
        CELL_RECORD.write({ ...record, cell: "sl/natural/seed-7" }),
      );
    }
    await writeBaseline(`${dir}/baseline`, one);
    const names = (await Array.fromAsync(Deno.readDir(`${dir}/baseline`))).map(({ name }) => name);
    assertEquals(names.sort(), ["mine.json", ...SEEDS.map((seed) => `sl--natural--seed-${seed}.json`)]);
  });
});

Deno.test("readRecords() names a damaged record", async () => {
  await withTempDir(async (dir) => {
    await assertRejects(() => readRecords(dir), UsageError, `found no record, given ${dir}`);
    await Deno.writeTextFile(`${dir}/a.json`, "{");
    await assertRejects(() => readRecords(dir), UsageError, `Cannot read ${dir}/a.json`);
  });
});
