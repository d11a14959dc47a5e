/** Runs that stop and go on, with made-up cells: quick enough to stop at every moment. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { canonicalRecord } from "./canonical.ts";
import type { Workbench } from "./cell.ts";
import { type Progress, SILENT } from "./progress.ts";
import { run, type RunRequest, type RunServices } from "./run.ts";
import type { CellRecord, RunManifest } from "./schema.ts";
import { UsageError } from "./usage_error.ts";
import { chained, fakeWorkbench, restoreChained, smallPreset, withTempDir } from "./testing.ts";

const NAMES = ["sl/natural/seed-0", "sl/adversarial/seed-0", "construct/robust/seed-0", "sl/robust/seed-0"];
const PRESET = smallPreset();

/** What the test may say of a run. */
interface Settings extends Partial<Omit<RunServices, "openWorkbench">>, Partial<RunRequest> {
  readonly execute?: Workbench["executeCell"];
  readonly workbench?: Partial<Workbench>;
}

async function start(dir: string, settings: Settings = {}) {
  const { execute = chained, workbench = {}, ...own } = settings;
  const seen: string[] = [];
  const progress: Progress = {
    ...SILENT,
    start: ({ name }) => seen.push(`run ${name}`),
    keep: ({ name }) => seen.push(`keep ${name}`),
    note: (text) => seen.push(`note ${text}`),
  };
  const request = { preset: PRESET, outDir: dir, dataDir: null, command: "deno task bench", resume: true };
  const result = await run({ ...request, ...own }, {
    openWorkbench: fakeWorkbench(execute, { restoreOutput: restoreChained, ...workbench }),
    writeReport: (dir) => Promise.resolve({ path: `${dir}/report.html`, problems: [] }),
    progress,
    signal: new AbortController().signal,
    ...own,
  });
  return { ...result, seen };
}

/** Runs until the given cell, which is interrupted. */
async function startUntil(dir: string, name: string, settings: Settings = {}) {
  const controller = new AbortController();
  return await start(dir, {
    ...settings,
    signal: controller.signal,
    execute: (cell, context) => {
      if (cell.name === name) controller.abort();
      context.signal.throwIfAborted();
      return chained(cell, context);
    },
  });
}

const canonical = (records: readonly CellRecord[]) => records.map(canonicalRecord);

async function listFiles(dir: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${dir}/${prefix}`)) {
    if (isDirectory) files.push(...await listFiles(dir, `${prefix}${name}/`));
    else files.push(prefix + name);
  }
  return files.sort();
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const file of await listFiles(from)) {
    await Deno.mkdir(`${to}/${file}`.replace(/[^/]+$/, ""), { recursive: true });
    await Deno.copyFile(`${from}/${file}`, `${to}/${file}`);
  }
}

/** Every file's text, to see that nothing changed. */
async function snapshot(dir: string): Promise<Record<string, string>> {
  const files = await listFiles(dir);
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await Deno.readTextFile(`${dir}/${file}`)])),
  );
}

Deno.test("run() with resume starts a run in an absent and in an empty folder", async () => {
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/empty`);
    for (const name of ["absent", "empty"]) {
      const { exitCode, manifest, seen } = await start(`${dir}/${name}`);
      assertEquals([exitCode, manifest.resumedAt], [0, undefined]);
      assertEquals(seen, NAMES.map((name) => `run ${name}`));
    }
  });
});

Deno.test("run() with resume keeps finished cells and ends with the records of an uninterrupted run", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/whole`);
    for (const name of NAMES) {
      const folder = `${dir}/${name.replaceAll("/", "-")}`;
      const stopped = await startUntil(folder, name);
      assertEquals(stopped.exitCode, 130);
      const at = NAMES.indexOf(name);
      const { exitCode, records, seen, manifest } = await start(folder);
      assertEquals(exitCode, 0);
      assertEquals(seen, NAMES.map((name, i) => `${i < at ? "keep" : "run"} ${name}`));
      assertEquals(canonical(records), canonical(whole.records));
      assertEquals(records.slice(0, at), stopped.records);
      assert(records.every(({ runId }) => runId === stopped.manifest.runId));
      assertEquals(manifest.startedAt, stopped.manifest.startedAt);
      assertEquals(manifest.resumedAt?.length, 1);
      assertEquals(await listFiles(folder), await listFiles(`${dir}/whole`));
    }
  });
});

Deno.test("run() with resume goes on from a copy of the folder made at any moment", async () => {
  await withTempDir(async (dir) => {
    const copies: string[] = [];
    const copy = async () => {
      copies.push(`${dir}/copy-${copies.length}`);
      await copyFolder(`${dir}/whole`, copies.at(-1)!);
    };
    const whole = await start(`${dir}/whole`, {
      execute: async (cell, context) => {
        await copy();
        const outcome = await chained(cell, context);
        await copy();
        return outcome;
      },
    });
    assertEquals(copies.length, 2 * NAMES.length);
    for (const folder of copies) {
      await Deno.writeTextFile(`${folder}/.run.json.${crypto.randomUUID()}.tmp`, "half-wri");
      const { exitCode, records } = await start(folder);
      assertEquals([exitCode, canonical(records)], [0, canonical(whole.records)]);
      assertEquals(await listFiles(folder), await listFiles(`${dir}/whole`));
    }
  });
});

Deno.test("run() with resume runs failed and skipped cells again", async () => {
  await withTempDir(async (dir) => {
    const first = await start(dir, {
      execute: (cell, context) => {
        if (cell.name === NAMES[1]) throw new Error("Cannot train: the device is lost");
        return chained(cell, context);
      },
    });
    assertEquals(first.records.map(({ status }) => status), ["ok", "failed", "skipped", "skipped"]);
    const second = await start(dir);
    assertEquals(second.seen, [`keep ${NAMES[0]}`, ...NAMES.slice(1).map((name) => `run ${name}`)]);
    assertEquals(second.records.map(({ status }) => status), ["ok", "ok", "ok", "ok"]);
  });
});

Deno.test("run() with resume loads only the outputs that a cell to run needs", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[3]);
    const restored: string[] = [];
    const workbench: Settings["workbench"] = {
      restoreOutput: (cell, record, options) => {
        restored.push(cell.name);
        return restoreChained(cell, record, options);
      },
    };
    assertEquals((await start(dir, { workbench })).exitCode, 0);
    assertEquals(restored, [NAMES[2]]);
    restored.length = 0;
    const again = await start(dir, { workbench });
    assertEquals([restored, again.seen], [[], NAMES.map((name) => `keep ${name}`)]);
  });
});

Deno.test("run() with resume runs a cell again whose files are broken, and what it needs for that", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/whole`);
    await startUntil(`${dir}/run`, NAMES[3]);
    for (const name of [NAMES[1], NAMES[2]]) {
      await Deno.writeTextFile(`${dir}/run/artifacts/${name}/output.txt`, "cut");
    }
    const { exitCode, records, seen } = await start(`${dir}/run`);
    assertEquals([exitCode, canonical(records)], [0, canonical(whole.records)]);
    assertEquals(seen, [
      ...NAMES.slice(0, 3).map((name) => `keep ${name}`),
      `note ${NAMES[2]} runs again: Cannot restore ${NAMES[2]}: broken`,
      `note ${NAMES[1]} runs again: Cannot restore ${NAMES[1]}: broken`,
      ...NAMES.slice(1).map((name) => `run ${name}`),
    ]);
    assertEquals(await snapshotOfArtifacts(`${dir}/run`), await snapshotOfArtifacts(`${dir}/whole`));
  });
});

const snapshotOfArtifacts = (dir: string) => snapshot(`${dir}/artifacts`);

Deno.test("run() with resume runs a cell again whose record does not read or is another's", async () => {
  await withTempDir(async (dir) => {
    const { runDir } = await start(dir);
    const path = `${runDir}/records/sl--natural--seed-0.json`;
    const record = JSON.parse(await Deno.readTextFile(path));
    const cases: [string, RegExp][] = [
      ["{", /its record cannot be read, /],
      ["[]", /its record is not one of this run, it is no object/],
      [JSON.stringify({ ...record, runId: "x" }), /runId: found "x", expected "small-/],
      [JSON.stringify({ ...record, configHash: "x" }), /configHash: found "x", expected "/],
      [JSON.stringify({ ...record, status: "good" }), /status: found "good"/],
      [JSON.stringify({ ...record, artifacts: null }), /it lists no artifacts/],
    ];
    for (const [text, note] of cases) {
      await Deno.writeTextFile(path, text);
      const { seen, records } = await start(dir);
      assertMatch(seen[0], note);
      assertEquals(seen.slice(1), [`run ${NAMES[0]}`, ...NAMES.slice(1).map((name) => `keep ${name}`)]);
      assertEquals(canonicalRecord(records[0]), canonicalRecord(record));
    }
  });
});

Deno.test("run() without resume refuses the folder of a run, and says how to go on", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    const error = await assertRejects(() => start(dir, { resume: false }), UsageError, "holds a run already");
    assertStringIncludes(error.message, "\nHint: add --resume to go on with it");
  });
});

Deno.test("run() with resume refuses another run, names what differs and changes nothing", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    const before = await snapshot(dir);
    const adapter = { ...(await fakeWorkbench(chained)(PRESET, NO_OPTIONS)).adapter, description: "another" };
    const cases: [Settings, string][] = [
      [{ preset: { ...PRESET, seeds: [0, 1] } }, "preset.seeds: found [0], expected [0,1]"],
      [
        { preset: smallPreset("training: { epochs: 3 }") },
        "preset.training.epochs: found ",
      ],
      [
        { workbench: { dataset: { name: "planted", sha256: "1" } } },
        'dataset.sha256: found "0", expected "1"',
      ],
      [{ workbench: { adapter } }, 'adapter: found "made up for tests", expected "another"'],
      [{ workbench: { kernelVariant: "texture" } }, 'kernelVariant: found "buffer", expected "texture"'],
    ];
    for (const [settings, part] of cases) {
      const error = await assertRejects(() => start(dir, settings), UsageError, part);
      assertStringIncludes(error.message, `Cannot resume the run in ${dir}: it is another run, `);
      assertStringIncludes(error.message, "\nHint: ");
      assertEquals(await snapshot(dir), before);
    }
    const manifest = JSON.parse(before["run.json"]) as RunManifest;
    const older = { ...manifest, identity: { ...manifest.identity, benchmarkVersion: "0" } };
    await Deno.writeTextFile(`${dir}/run.json`, JSON.stringify(older));
    await assertRejects(() => start(dir), UsageError, 'benchmarkVersion: found "0", expected "');
  });
});

const NO_OPTIONS = { dataDir: null, signal: new AbortController().signal };

Deno.test("run() with resume refuses a manifest that it cannot read", async () => {
  await withTempDir(async (dir) => {
    const cases: [unknown, string][] = [
      [[], "its run.json is not a JSON object"],
      [{ schemaVersion: 99 }, "its run.json has schemaVersion 99, known is 1"],
      [{ schemaVersion: 1 }, "its run.json lacks runId, startedAt or durationMs"],
      [{ schemaVersion: 1, runId: "", startedAt: "", durationMs: 0 }, "its run.json holds no preset"],
    ];
    for (const [json, part] of cases) {
      await Deno.writeTextFile(`${dir}/run.json`, JSON.stringify(json));
      await assertRejects(() => start(dir), UsageError, part);
    }
    await Deno.writeTextFile(`${dir}/run.json`, "{ cut");
    await assertRejects(() => start(dir), UsageError, "its run.json is not a JSON object");
  });
});

Deno.test("run() adds up the time of the pieces, without the pauses between them", async () => {
  await withTempDir(async (dir) => {
    let ms = 0;
    const now = () => new Date(ms);
    const execute: Workbench["executeCell"] = (cell, context) => {
      ms += 1000;
      if (ms === 3000) throw new Error("Cannot go on: killed");
      return chained(cell, context);
    };
    const first = await start(dir, { now, execute });
    assertEquals([first.manifest.durationMs, first.records[2].status], [3000, "failed"]);
    ms += 50_000;
    const { manifest } = await start(dir, { now, execute });
    assertEquals(manifest.durationMs, 5000);
    assertEquals(manifest.startedAt, new Date(0).toISOString());
    assertEquals(manifest.resumedAt, [new Date(53_000).toISOString()]);
    assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/run.json`)), manifest);
  });
});

Deno.test("run() writes the time so far with each record, so that a killed run has it", async () => {
  await withTempDir(async (dir) => {
    let ms = 0;
    const seen: number[] = [];
    await start(dir, {
      now: () => new Date(ms),
      execute: async (cell, context) => {
        seen.push(JSON.parse(await Deno.readTextFile(`${dir}/run.json`)).durationMs);
        ms += 1000;
        return await chained(cell, context);
      },
    });
    assertEquals(seen, [0, 1000, 2000, 3000]);
  });
});

Deno.test("run() refuses a folder in which another process is at work, and leaves its lock", async () => {
  await withTempDir(async (dir) => {
    await start(`${dir}/run`, {
      execute: async (cell, context) => {
        const files = await listFiles(dir);
        assert(files.includes("run/.lock"));
        await assertRejects(() => start(`${dir}/run`), UsageError, "another process is at work there");
        assertEquals(await listFiles(dir), files);
        return await chained(cell, context);
      },
    });
    assertEquals((await listFiles(dir)).includes("run/.lock"), false);
  });
});

Deno.test("run() with resume leaves the folder as it is where the workbench does not open", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[1]);
    const before = await snapshot(dir);
    const openWorkbench = () => Promise.reject(new RangeError("Cannot read CIFAR-10: cut short"));
    const services = { openWorkbench } as Settings;
    await assertRejects(() => start(dir, services), RangeError, "cut short");
    assertEquals(await snapshot(dir), before);
  });
});

Deno.test("run() removes a cell's checkpoint with its record, also one that a kill left behind", async () => {
  await withTempDir(async (dir) => {
    const checkpoint = `${dir}/checkpoints/sl--natural--seed-0.safetensors`;
    const leave = async () => {
      await Deno.mkdir(`${dir}/checkpoints`, { recursive: true });
      await Deno.writeTextFile(checkpoint, "");
    };
    await start(dir, {
      execute: async (cell, context) => {
        if (cell.name === NAMES[0]) await leave();
        return await chained(cell, context);
      },
    });
    assertEquals((await listFiles(dir)).filter((file) => file.startsWith("checkpoints")), []);
    await leave();
    await start(dir);
    await assertRejects(() => Deno.stat(`${dir}/checkpoints`), Deno.errors.NotFound);
  });
});
