/** Runs with several cells at once, in processes whose cells are made up. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { canonicalRecord } from "../record/canonical.ts";
import type { CellContext, CellDescription, Workbench } from "../plan/cell.ts";
import { type Progress, SILENT } from "../run/progress.ts";
import { run } from "../run/run.ts";
import type { RunRequest, RunServices } from "../run/request.ts";
import { chained, fakeWorkbench, restoreChained, smallPreset, withTempDir } from "../testing.ts";
import { type Act, actsFolder } from "./testing_worker.ts";

const NATURAL = "sl/natural/seed-0", ADVERSARIAL = "sl/adversarial/seed-0";
const CONSTRUCT = "construct/robust/seed-0", ROBUST = "sl/robust/seed-0";
const NAMES = [NATURAL, ADVERSARIAL, CONSTRUCT, ROBUST];
const WORKER = new URL("testing_worker.ts", import.meta.url);
const onWindows = Deno.build.os === "windows"; // no signals there

interface Settings extends Partial<RunRequest>, Partial<RunServices> {
  readonly acts?: Record<string, Act>;
  readonly workbench?: Partial<Workbench>;
}

async function start(outDir: string, { acts = {}, workbench, ...settings }: Settings = {}) {
  const seen: string[] = [];
  const progress: Progress = {
    ...SILENT,
    finish: ({ cell }) => seen.push(cell),
    note: (text) => seen.push(`note ${text}`),
  };
  const request = {
    preset: smallPreset(),
    outDir,
    dataDir: actsFolder(acts),
    command: "test",
    jobs: 2,
    only: NAMES,
  };
  const inProcess = async (cell: CellDescription, context: CellContext) => {
    context.warn("made up");
    return await chained(cell, context);
  };
  const result = await run({ ...request, ...settings }, {
    openWorkbench: fakeWorkbench(inProcess, { restoreOutput: restoreChained, ...workbench }),
    writeReport: (dir) => Promise.resolve({ path: `${dir}/report.html`, problems: [] }),
    progress,
    signal: new AbortController().signal,
    worker: WORKER,
    ...settings,
  });
  return { ...result, seen, ends: result.records.map(({ status, reason }) => [status, reason]) };
}

Deno.test("run() with jobs runs cells at once and gives the records of one at a time", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/one`, { jobs: 1 });
    const acts: Settings["acts"] = { [NATURAL]: `meet ${ADVERSARIAL}`, [ADVERSARIAL]: `meet ${NATURAL}` };
    const { exitCode, records, manifest } = await start(`${dir}/two`, { acts });
    assertEquals([exitCode, manifest.jobs, whole.manifest.jobs], [0, 2, 1]);
    assertEquals(records.map(canonicalRecord), whole.records.map(canonicalRecord));
    assertEquals(records[3].warnings, ["made up"]);
    assertEquals([records.map(({ jobs }) => jobs), whole.records[0].jobs], [[2, 2, 2, 2], 1]);
    const path = `artifacts/${ROBUST}/output.txt`;
    const [one, two] = await Promise.all(
      ["one", "two"].map((run) => Deno.readTextFile(`${dir}/${run}/${path}`)),
    );
    assertEquals(two, one);
    const names = await Array.fromAsync(Deno.readDir(`${dir}/two`), ({ name }) => name);
    assertEquals(names.sort(), ["artifacts", "records", "run.json"]);
  });
});

Deno.test("run() with jobs records what cells throw as one at a time does", async () => {
  await withTempDir(async (dir) => {
    const acts: Settings["acts"] = { [NATURAL]: "bug", [CONSTRUCT]: "explained" };
    const { exitCode, ends, seen, records } = await start(`${dir}/a`, { acts });
    assertEquals([exitCode, ends], [1, [
      ["failed", "oops"],
      ["ok", null],
      ["failed", "Cannot train: the loss is NaN, at step 3"],
      ["skipped", `its input ${CONSTRUCT} failed`],
    ]]);
    assertEquals([records[0].warnings, records[0].artifacts.length], [["made up"], 1]);
    const bugs = seen.filter((text) => text.includes("looks like a bug"));
    assertEquals(bugs.length, 1);
    assertMatch(bugs[0], /oops\n\s+at act /);
    const nan = await start(`${dir}/b`, { acts: { [NATURAL]: "nan" } });
    assertEquals(nan.ends[0], [
      "failed",
      `Cannot record ${NATURAL}: metrics.trainLoss.value is not a finite number, got NaN`,
    ]);
  });
});

Deno.test("run() with jobs fails the cell whose process ends, replaces the process and continues", {
  ignore: onWindows,
}, async () => {
  await withTempDir(async (dir) => {
    const { ends, seen, records } = await start(dir, { acts: { [NATURAL]: "kill", [CONSTRUCT]: "exit" } });
    assertEquals(ends, [
      [
        "failed",
        "Cannot finish the cell: its worker process was killed (SIGKILL), perhaps for want of memory\n" +
        "Hint: fewer cells at once (option jobs) need less",
      ],
      ["ok", null],
      ["failed", "Cannot finish the cell: its worker process ended by itself, with exit code 3"],
      ["skipped", `its input ${CONSTRUCT} failed`],
    ]);
    assertEquals([records[0].artifacts.length, seen.includes("note thread panicked")], [1, true]);
    const again = await start(dir, { resume: true, jobs: 3, dataDir: "{}" });
    assertEquals(again.ends, [["ok", null], ["ok", null], ["ok", null], ["ok", null]]);
    assertEquals(again.manifest.jobs, 2); // no more can run at once
  });
});

Deno.test("run() with jobs stops all cells when interrupted, and resumes with another number", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    const updates = new Set<string>();
    const update = (_: unknown, cell = "") => {
      if (updates.add(cell).has(NATURAL) && updates.has(CONSTRUCT)) setTimeout(() => controller.abort(), 50);
    };
    const { exitCode, records } = await start(dir, {
      acts: { [NATURAL]: "wait", [CONSTRUCT]: "wait" },
      signal: controller.signal,
      progress: { ...SILENT, update },
    });
    assertEquals([exitCode, records.map(({ cell }) => cell)], [130, [ADVERSARIAL]]);
    const again = await start(dir, { resume: true, jobs: 1, dataDir: null });
    assertEquals([again.exitCode, again.seen], [0, [
      `note ${NATURAL} warns: made up`,
      NATURAL,
      `note ${CONSTRUCT} warns: made up`,
      CONSTRUCT,
      `note ${ROBUST} warns: made up`,
      ROBUST,
    ]]);
    assertEquals([again.manifest.jobs, again.records.map(({ jobs }) => jobs)], [1, [1, 2, 1, 1]]);
  });
});

Deno.test("run() with jobs runs a cell again whose files are broken", async () => {
  await withTempDir(async (dir) => {
    await start(dir);
    await Deno.remove(`${dir}/records/sl--robust--seed-0.json`);
    await Deno.writeTextFile(`${dir}/artifacts/${CONSTRUCT}/output.txt`, "cut");
    const { exitCode, seen } = await start(dir, { resume: true });
    assertEquals([exitCode, seen.filter((text) => !text.includes("warns"))], [0, [
      `note ${CONSTRUCT} runs again: Cannot restore ${CONSTRUCT}: broken`,
      CONSTRUCT,
      ROBUST,
    ]]);
  });
});

Deno.test("run() with jobs hands its workers what it reused from another run", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/a`, { jobs: 1 });
    await Deno.remove(`${dir}/a/records/sl--robust--seed-0.json`);
    await Deno.remove(`${dir}/a/records/sl--natural--seed-0.json`);
    const acts: Settings["acts"] = { [NATURAL]: `meet ${ROBUST}`, [ROBUST]: `meet ${NATURAL}` };
    const { records, seen } = await start(`${dir}/b`, { reuse: [`${dir}/a`], acts });
    assertEquals(seen.filter((text) => !text.includes("warns")).toSorted(), [
      `note 2 of 4 cells that are missing are reused from ${dir}/a`,
      NATURAL,
      ROBUST,
    ]);
    assertEquals(records.map(canonicalRecord), whole.records.map(canonicalRecord));
    assertEquals(records.map(({ jobs }) => jobs), [2, 1, 1, 2]);
  });
});

Deno.test("run() with jobs fails cells where workers do not open, or find something else", async () => {
  await withTempDir(async (dir) => {
    const closed = await start(`${dir}/a`, { dataDir: '{"open":true}' });
    assertEquals(closed.ends[0], ["failed", "Cannot read CIFAR-10: cut short"]);
    const other = await start(`${dir}/b`, { dataDir: '{"variant":true}' });
    assertStringIncludes(other.records[0].reason ?? "", "Cannot use the worker process: it found ");
    assertStringIncludes(other.records[0].reason ?? "", '"readPath":"texture"');
  });
});

Deno.test("run() with jobs hands workers the data in a file, which does not stay, and continues without one", async () => {
  await withTempDir(async (dir) => {
    const writeData = (path: string) => Deno.writeTextFile(path, "of images");
    const { seen, exitCode } = await start(`${dir}/a`, { workbench: { writeData } });
    assertEquals(exitCode, 0);
    assert(seen.includes("note data of images"), seen.join());
    const left = (await Array.fromAsync(Deno.readDir(`${dir}/a`))).map(({ name }) => name);
    assertEquals(left.filter((name) => name.endsWith(".tmp")), []);
    const full = () => Promise.reject(new Error("no space left"));
    const without = await start(`${dir}/b`, { workbench: { writeData: full } });
    assertEquals([without.exitCode, without.seen.filter((text) => text.startsWith("note data"))], [0, []]);
  });
});

Deno.test("run() with jobs refuses to do without a program for workers", async () => {
  await withTempDir(async (dir) => {
    const error = await assertRejects(() => start(`${dir}/run`, { worker: undefined }), RangeError);
    assertEquals(error.message, "Cannot run 2 cells at once: no program for worker processes is given");
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
    const { manifest } = await start(`${dir}/run`, { worker: undefined, jobs: null });
    assertEquals(manifest.jobs, 1);
  });
});
