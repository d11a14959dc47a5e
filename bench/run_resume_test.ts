/** Runs that stop and go on, with made-up cells: quick enough to stop at every moment. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { canonicalRecord } from "./canonical.ts";
import { writeFileAtomic } from "../engine/atomic_file.ts";
import type { Workbench } from "./cell.ts";
import { DiskFullError } from "./disk_full.ts";
import { type Progress, SILENT } from "./progress.ts";
import { run, type RunRequest, type RunServices } from "./run.ts";
import { recordedPreset } from "./run_manifest.ts";
import type { CellRecord } from "./schema.ts";
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
  const request = {
    preset: PRESET,
    outDir: dir,
    dataDir: null,
    command: "deno task bench",
    resume: true,
    only: NAMES,
  };
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
    if (file.startsWith("claims/")) continue; // this process lives: that of a killed run would not
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

Deno.test("run() with resume runs a cell again whose record is corrupt, and moves that aside", async () => {
  await withTempDir(async (dir) => {
    const { runDir } = await start(dir);
    const path = `${runDir}/records/sl--natural--seed-0.json`;
    const record = JSON.parse(await Deno.readTextFile(path));
    const cases: [string, RegExp][] = [
      ["{", /runs again: its record is corrupt, it cannot be read, .*; it lies in records\/.*\.corrupt now/],
      ["", /its record is corrupt, it cannot be read, /],
      ["[]", /its record is corrupt, it is no object/],
      [JSON.stringify({ ...record, schemaVersion: 0 }), /schemaVersion: found 0, expected 1/],
      [JSON.stringify({ ...record, benchmark: "x" }), /benchmark: found "x", expected "sl/],
      [JSON.stringify({ ...record, status: "good" }), /status: found "good"/],
      [JSON.stringify({ ...record, artifacts: null }), /it lists no artifacts/],
    ];
    for (const [text, note] of cases) {
      await Deno.writeTextFile(path, text);
      const { seen, records } = await start(dir);
      assertMatch(seen[0], note);
      assertEquals(await Deno.readTextFile(`${path}.corrupt`), text);
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

Deno.test("run() with resume refuses another preset's, data set's or adapter's run, and changes nothing", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    const before = await snapshot(dir);
    const adapter = { ...(await fakeWorkbench(chained)(PRESET, NO_OPTIONS)).adapter, description: "another" };
    const cases: [Settings, string][] = [
      [{ preset: { ...PRESET, name: "other" } }, 'suite: found "small", expected "other"'],
      [
        { workbench: { dataset: { name: "cifar10", sha256: "0" } } },
        'dataset: found "planted", expected "cifar10"',
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
  });
});

Deno.test("run() with resume runs those cells again that a change touches, says why, and sets their records aside", async () => {
  await withTempDir(async (dir) => {
    await start(dir);
    const preset = smallPreset("adversarialTraining: { epochs: 3 }");
    const { seen, exitCode, manifest } = await start(dir, { preset });
    assertEquals([exitCode, manifest.preset.adversarialTraining], [
      0,
      recordedPreset(preset).adversarialTraining,
    ]);
    assertEquals(seen, [
      `note ${NAMES[1]} runs again: config.training.epochs: found 12, expected 3`,
      `note ${NAMES[2]} runs again: its input ${NAMES[1]}`,
      `note ${NAMES[3]} runs again: its input ${NAMES[2]}`,
      `keep ${NAMES[0]}`,
      ...NAMES.slice(1).map((name) => `run ${name}`),
    ]);
    assertEquals((await listFiles(`${dir}/records/stale`)).length, 3);
    assertEquals((await start(dir, { preset })).seen, NAMES.map((name) => `keep ${name}`));
  });
});

Deno.test("run() with resume keeps a training where only the attack on it changed", async () => {
  await withTempDir(async (dir) => {
    const only = ["sl/natural/seed-0/attack"];
    await start(dir, { only });
    const preset = smallPreset("evaluation: { attack: { steps: 3 } }");
    const { seen } = await start(dir, { preset, only });
    assertEquals(seen, [
      "note sl/natural/seed-0/attack runs again: config.evaluation.attack.stepSize: found 0.0625, expected " +
      "0.20833333333333334; config.evaluation.attack.steps: found 10, expected 3",
      "keep sl/natural/seed-0",
      "run sl/natural/seed-0/attack",
    ]);
  });
});

Deno.test("run() with resume adds seeds to a run, and sets records aside that it does not ask for any more", async () => {
  await withTempDir(async (dir) => {
    await start(dir, { only: [NAMES[0]] });
    const [zero, one] = [NAMES[0], "sl/natural/seed-1"];
    const both = await start(dir, { preset: smallPreset("seeds: [0, 1]"), only: [zero, one] });
    assertEquals(both.seen, [`keep ${zero}`, `run ${one}`]);
    const second = await start(dir, { preset: smallPreset("seeds: [1]"), only: [one] });
    assertEquals(second.seen, [
      "note records/sl--natural--seed-0.json is of no cell of this run; it lies in records/stale now",
      `keep ${one}`,
    ]);
    assertEquals(second.manifest.cells, [one]);
  });
});

Deno.test("run() with resume refuses a record of a later version, and changes nothing", async () => {
  await withTempDir(async (dir) => {
    await start(dir);
    const path = `${dir}/records/sl--natural--seed-0.json`;
    const record = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...record, schemaVersion: 2 }));
    await Deno.writeTextFile(`${dir}/records/sl--robust--seed-0.json`, "{");
    const before = await snapshot(dir);
    const error = await assertRejects(() => start(dir), UsageError);
    assertStringIncludes(
      error.message,
      `Cannot go on: the record of ${NAMES[0]} has schemaVersion 2, known is 1\nHint: `,
    );
    assertEquals(await snapshot(dir), before);
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
    const now = () => new Date(ms), clock = () => ms;
    const execute: Workbench["executeCell"] = (cell, context) => {
      ms += 1000;
      if (ms === 3000) throw new Error("Cannot go on: killed");
      return chained(cell, context);
    };
    const first = await start(dir, { now, clock, execute });
    assertEquals([first.manifest.durationMs, first.records[2].status], [3000, "failed"]);
    ms += 50_000;
    const { manifest } = await start(dir, { now, clock, execute });
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
      clock: () => ms,
      execute: async (cell, context) => {
        seen.push(JSON.parse(await Deno.readTextFile(`${dir}/run.json`)).durationMs);
        ms += 1000;
        return await chained(cell, context);
      },
    });
    assertEquals(seen, [0, 1000, 2000, 3000]);
  });
});

Deno.test("run() measures durations by a clock that does not go back", async () => {
  await withTempDir(async (dir) => {
    let at = Date.UTC(2026, 0, 2), ms = 0;
    const execute: Workbench["executeCell"] = (cell, context) => {
      at -= 3_600_000;
      ms += 1000;
      return chained(cell, context);
    };
    const { records, manifest } = await start(dir, { execute, now: () => new Date(at), clock: () => ms });
    assertEquals(records.map(({ durationMs }) => durationMs), [1000, 1000, 1000, 1000]);
    assertEquals(manifest.durationMs, 4000);
  });
});

Deno.test("run() refuses to join another run, or one that is not to be resumed", async () => {
  await withTempDir(async (dir) => {
    await start(`${dir}/run`, {
      execute: async (cell, context) => {
        const files = await listFiles(dir);
        assert(files.includes("run/.lock"));
        const preset = smallPreset("training: { epochs: 3 }");
        const error = await assertRejects(() => start(`${dir}/run`, { preset }), UsageError);
        assertMatch(
          error.message,
          /^Cannot join the run in .* another process is at work there on another run, preset/,
        );
        await assertRejects(() => start(`${dir}/run`, { resume: false }), UsageError, "holds a run already");
        assertEquals(await listFiles(dir), files);
        return await chained(cell, context);
      },
    });
    const left = (await listFiles(dir)).filter((file) => /lock|claims/.test(file));
    assertEquals(left, []);
  });
});

Deno.test("run() in two processes at once shares the cells: each runs once, both end with the same records", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/whole`);
    const ran: string[] = [];
    let meet = () => {};
    const met = new Promise<void>((resolve) => meet = resolve);
    const execute: Workbench["executeCell"] = async (cell, context) => {
      ran.push(cell.name);
      if (ran.length === 2) meet();
      if (ran.length <= 2) await met; // both of them work
      return await chained(cell, context);
    };
    const [a, b] = await Promise.all([1, 2].map(() => start(`${dir}/run`, { execute })));
    assertEquals(ran.toSorted(), NAMES.toSorted());
    assertEquals([a.exitCode, b.exitCode], [0, 0]);
    assertEquals(a.records, b.records);
    assertEquals(canonical(a.records), canonical(whole.records));
    assertEquals(await listFiles(`${dir}/run`), await listFiles(`${dir}/whole`));
    assertEquals(
      [a, b].filter(({ seen }) => seen.some((text) => text.includes("shares the cells"))).length,
      1,
    );
  });
});

Deno.test("run() goes on with the cell of another process that was interrupted", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    let second: ReturnType<typeof start> | undefined;
    const stopped = await start(dir, {
      signal: controller.signal,
      execute: async (_, context) => {
        second ??= start(dir);
        await new Promise((done) => setTimeout(done, 300));
        controller.abort();
        context.signal.throwIfAborted();
        throw new Error("Cannot come here");
      },
    });
    assertEquals([stopped.exitCode, stopped.records], [130, []]);
    const { exitCode, seen } = await second!;
    assertEquals([exitCode, seen.filter((text) => text.startsWith("run")).toSorted()], [
      0,
      NAMES.map((name) => `run ${name}`).toSorted(),
    ]);
  });
});

for (const [what, fails] of [["record", /records\//], ["artifact", /artifacts\/construct/]] as const) {
  Deno.test(`run() stops on a full disk at a cell's ${what}, keeps what is finished, and goes on later`, async () => {
    await withTempDir(async (dir) => {
      let space = 2;
      const writeFile: RunServices["writeFile"] = (path, content) => {
        if (fails.test(path) && --space <= (what === "record" ? 0 : 1)) {
          const cause = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
          return Promise.reject(new Error(`Cannot write ${path}: ${cause.message}`, { cause }));
        }
        return writeFileAtomic(path, content);
      };
      const error = await assertRejects(() => start(dir, { writeFile }), DiskFullError);
      assertMatch(error.message, /^Cannot go on: the disk is full, .*\nHint: what is finished is kept; /);
      assertEquals((await listFiles(dir)).filter((file) => /lock|claims|tmp/.test(file)), []);
      const { exitCode, seen } = await start(dir);
      const kept = what === "record" ? 1 : 2;
      assertEquals([exitCode, seen], [0, NAMES.map((name, i) => `${i < kept ? "keep" : "run"} ${name}`)]);
    });
  });
}

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
    const checkpoint = `${dir}/checkpoints/sl--natural--seed-0.0123456789ab.safetensors`;
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
