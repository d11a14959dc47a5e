import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { canonicalRecord } from "../record/canonical.ts";
import type { CellContext, CellDescription, Workbench } from "../plan/cell.ts";
import { type Progress, SILENT } from "./progress.ts";
import { defaultRunDir, run } from "./run.ts";
import type { RunServices } from "./request.ts";
import { loadRun, writeReport } from "../../reports/mod.ts";
import type { CellRecord } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";
import { fakeOutcome, fakeWorkbench, readContent, smallPreset, withTempDir } from "../testing.ts";

const NAMES = ["sl/natural/seed-0", "sl/adversarial/seed-0", "construct/robust/seed-0", "sl/robust/seed-0"];

/** Runs the small preset with cells that do what the test says. */
function start(
  outDir: string,
  execute: Workbench["executeCell"],
  services: Partial<RunServices> = {},
  preset = smallPreset(),
) {
  const only = preset.seeds.flatMap((seed) => NAMES.map((name) => name.replace("seed-0", `seed-${seed}`)));
  return run({ preset, outDir, dataDir: null, command: "deno task bench", only }, {
    openWorkbench: fakeWorkbench(execute),
    writeReport: (dir) => Promise.resolve({ path: `${dir}/report.html`, problems: [] }),
    progress: SILENT,
    signal: new AbortController().signal,
    ...services,
  });
}

const succeed = (cell: CellDescription) => Promise.resolve(fakeOutcome(cell));

async function readRecords(dir: string): Promise<Map<string, CellRecord>> {
  const records = new Map<string, CellRecord>();
  for await (const { name } of Deno.readDir(`${dir}/records`)) {
    const record = await readContent(`${dir}/records/${name}`) as CellRecord;
    records.set(record.cell, record);
  }
  return records;
}

Deno.test("run() leaves a manifest and a record of every cell", async () => {
  await withTempDir(async (dir) => {
    let closed = 0;
    const openWorkbench = fakeWorkbench(succeed, { close: () => closed++ });
    const result = await start(`${dir}/run`, succeed, { openWorkbench });
    assertEquals(result.exitCode, 0);
    assertEquals(closed, 1);
    assertEquals(result.records.map(({ cell }) => cell), NAMES);
    const records = await readRecords(result.runDir);
    for (const record of result.records) assertEquals(records.get(record.cell), record);
    const manifest = await readContent(`${dir}/run/run.json`);
    assertEquals(manifest, result.manifest);
    assertEquals(manifest.cells, NAMES);
    assertEquals(manifest.settings.evaluation.attack.epsLabel, "0.25");
    assert(result.records.every(({ runId }) => runId === manifest.runId));
  });
});

Deno.test("run() marks records of a quick preset", async () => {
  await withTempDir(async (dir) => {
    const statuses = async (name: string, body: string) =>
      (await start(`${dir}/${name}`, succeed, {}, smallPreset(body))).records.map(({ status }) => status);
    assertEquals(await statuses("a", "quick: true"), ["quick", "quick", "quick", "quick"]);
    assertEquals(await statuses("b", "quick: false"), ["ok", "ok", "ok", "ok"]);
  });
});

Deno.test("run() records a failed cell, skips what needs it, and runs the others", async () => {
  await withTempDir(async (dir) => {
    const ran: string[] = [];
    const result = await start(
      `${dir}/run`,
      (cell) => {
        ran.push(cell.name);
        if (cell.name === "sl/adversarial/seed-0") {
          throw new RangeError("Cannot train: loss is NaN, at step 3");
        }
        return succeed(cell);
      },
      {},
      smallPreset("seeds: [0, 1]"),
    );
    assertEquals(result.exitCode, 1);
    const records = await readRecords(result.runDir);
    const end = (name: string) => [records.get(name)?.status, records.get(name)?.reason];
    assertEquals(end("sl/adversarial/seed-0"), ["failed", "Cannot train: loss is NaN, at step 3"]);
    assertEquals(end("construct/robust/seed-0"), ["skipped", "its input sl/adversarial/seed-0 failed"]);
    assertEquals(end("sl/robust/seed-0"), ["skipped", "its input construct/robust/seed-0 was skipped"]);
    assertEquals(end("sl/robust/seed-1"), ["ok", null]);
    assertEquals(ran.length, 6);
  });
});

Deno.test("run() fails a cell whose metric is not finite", async () => {
  await withTempDir(async (dir) => {
    const result = await start(
      `${dir}/run`,
      () => Promise.resolve({ metrics: { trainLoss: { value: NaN, unit: "1" } } }),
    );
    assertEquals(result.records[0].status, "failed");
    assertStringIncludes(result.records[0].reason ?? "", "metrics.trainLoss.value is not a finite number");
  });
});

Deno.test("run() shows the stack of a bug, and only the message of an explained error", async () => {
  await withTempDir(async (dir) => {
    const notes: string[] = [];
    const progress: Progress = { ...SILENT, note: (text) => notes.push(text) };
    await start(`${dir}/run`, (cell) => {
      throw new Error(cell.name === NAMES[0] ? "Cannot train: explained" : "oops");
    }, { progress });
    assertEquals(notes.length, 1);
    assertMatch(notes[0], /oops\n\s+at /);
  });
});

Deno.test("run() stops on an abort: finished records stay, the cell at work leaves none", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    const result = await start(`${dir}/run`, (cell, { signal }) => {
      if (cell.name === NAMES[1]) controller.abort();
      signal.throwIfAborted();
      return succeed(cell);
    }, { signal: controller.signal });
    assertEquals(result.exitCode, 130);
    assertEquals([...(await readRecords(result.runDir)).keys()], [NAMES[0]]);
    assertEquals(result.manifest.cells, NAMES);
  });
});

Deno.test("run() keeps the record of a cell that ended although an abort came", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    const result = await start(`${dir}/run`, (cell) => {
      controller.abort();
      return succeed(cell);
    }, { signal: controller.signal });
    assertEquals(result.exitCode, 130);
    assertEquals(result.records.map(({ cell }) => cell), [NAMES[0]]);
  });
});

Deno.test("run() hands outputs from cell to cell and drops them once nobody needs them", async () => {
  await withTempDir(async (dir) => {
    const seen: Record<string, string[]> = {};
    await start(`${dir}/run`, (cell, { outputs }) => {
      seen[cell.name] = [...outputs.keys()];
      for (const input of cell.inputs) assertEquals(outputs.get(input), `made by ${input}`);
      outputs.set(cell.name, `made by ${cell.name}`);
      return succeed(cell);
    });
    assertEquals(seen, {
      [NAMES[0]]: [],
      [NAMES[1]]: [],
      [NAMES[2]]: [NAMES[1]],
      [NAMES[3]]: [NAMES[2]],
    });
  });
});

Deno.test("run() puts artifacts and warnings of a cell into its record, each once", async () => {
  await withTempDir(async (dir) => {
    const result = await start(`${dir}/run`, async (cell, context: CellContext) => {
      const artifact = await context.artifact("weights", "w.bin", new Uint8Array([1, 2]));
      context.warn("odd");
      context.warn("odd");
      return { ...fakeOutcome(cell), artifacts: [artifact], warnings: ["odd", "late"] };
    });
    const [{ artifacts, warnings }] = result.records;
    assertEquals(artifacts.map(({ path }) => path), ["artifacts/sl/natural/seed-0/w.bin"]);
    assertEquals(warnings, ["odd", "late"]);
    assertEquals(await Deno.readFile(`${dir}/run/${artifacts[0].path}`), new Uint8Array([1, 2]));
  });
});

Deno.test("run() writes the same records twice, but for run id, times and speed", async () => {
  await withTempDir(async (dir) => {
    let speed = 100;
    const execute = (cell: CellDescription) => {
      const { metrics } = fakeOutcome(cell);
      return Promise.resolve({
        metrics: { ...metrics, imagesPerSecond: { value: speed++, unit: "images/s" } },
      });
    };
    const first = await start(`${dir}/a`, execute);
    const second = await start(`${dir}/b`, execute);
    assertNotEquals(first.manifest.runId, second.manifest.runId);
    assertEquals(first.records.map(canonicalRecord), second.records.map(canonicalRecord));
  });
});

Deno.test("run() refuses a folder that cannot be written before it opens anything", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    let opened = false;
    const openWorkbench: RunServices["openWorkbench"] = (preset, options) => {
      opened = true;
      return fakeWorkbench(succeed)(preset, options);
    };
    await assertRejects(
      () => start(`${dir}/file/run`, succeed, { openWorkbench }),
      UsageError,
      "Cannot write",
    );
    assertEquals(opened, false);
  });
});

Deno.test("run() leaves nothing behind where the workbench does not open", async () => {
  await withTempDir(async (dir) => {
    const openWorkbench = () => Promise.reject(new RangeError("Cannot read CIFAR-10: cut short"));
    await assertRejects(() => start(`${dir}/run`, succeed, { openWorkbench }), RangeError, "cut short");
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  });
});

Deno.test("run() closes the workbench and keeps the records where the report fails", async () => {
  await withTempDir(async (dir) => {
    const writeReport = () => Promise.reject(new Error("Cannot write report: disk is full"));
    const result = await start(`${dir}/run`, succeed, { writeReport });
    assertEquals([result.exitCode, result.report], [1, null]);
    assertEquals((await readRecords(result.runDir)).size, 4);
  });
});

Deno.test("run() leaves a folder that the report reads without a problem, also after a failure", async () => {
  await withTempDir(async (dir) => {
    const result = await start(`${dir}/run`, (cell) => {
      if (cell.name === NAMES[2]) throw new Error("Cannot construct: no reason");
      return succeed(cell);
    }, { writeReport });
    assertEquals((await loadRun(result.runDir)).problems, []);
    assertStringIncludes(await Deno.readTextFile(result.report!), "Cannot construct: no reason");
  });
});

Deno.test("defaultRunDir() names the folder by preset and time, without characters that shells mind", () => {
  assertEquals(defaultRunDir("quick", new Date("2026-01-02T03:04:05.678Z")), "runs/quick-20260102T030405Z");
});
