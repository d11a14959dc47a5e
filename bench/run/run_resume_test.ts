/** Runs that stop and resume, with made-up cells: quick enough to stop at every moment. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { canonicalRecord } from "../record/canonical.ts";
import type { Workbench } from "../plan/cell.ts";
import { sealed } from "../records/seal.ts";
import { chained, readContent, restoreChained, withTempDir } from "../testing.ts";
import {
  canonical,
  copyFolder,
  listFiles,
  NAMES,
  type Settings,
  snapshot,
  start,
  startUntil,
} from "./testing_resume.ts";
import { UsageError } from "../../common/usage_error.ts";

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

Deno.test("run() with resume continues from a copy of the folder made at any moment", async () => {
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
    const record = await readContent(path), whole = await Deno.readTextFile(path);
    const own = (change: object) => JSON.stringify(sealed({ ...record, ...change }));
    const cases: [string, RegExp][] = [
      ["{", /runs again: its record is corrupt, it is not JSON, .*; it lies in records\/.*\.corrupt now/],
      ["", /its record is corrupt, it is not JSON, /],
      ["[]", /its record is corrupt, it is not a JSON object/],
      [own({ version: 0 }), /version is not known, got 0/],
      [own({ cell: "x", artifacts: [] }), /cell is x, expected sl/],
      [own({ status: "good" }), /status is not one of .*, got "good"/],
      [own({ artifacts: null }), /artifacts is not a list, got null/],
      [own({ metrics: { cleanAccuracy: { value: 7, unit: "fraction" } } }), /a fraction in \[0, 1\], got 7/],
      [whole.replace('"value": 0.1', '"value": 0.3'), /its content has another sha256 than/],
      [whole.replace('"value": 100', '"value": 1e999'), /is not a number from 0, got Infinity/],
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

Deno.test("run() without resume refuses the folder of a run, and says how to continue", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    const error = await assertRejects(() => start(dir, { resume: false }), UsageError, "holds a run already");
    assertStringIncludes(error.message, "\nHint: add option resume to continue it");
  });
});

Deno.test("run() adds up the time of the pieces, without the pauses between them", async () => {
  await withTempDir(async (dir) => {
    let ms = 0;
    const now = () => new Date(ms), clock = () => ms;
    const execute: Workbench["executeCell"] = (cell, context) => {
      ms += 1000;
      if (ms === 3000) throw new Error("Cannot continue: killed");
      return chained(cell, context);
    };
    const first = await start(dir, { now, clock, execute });
    assertEquals([first.manifest.durationMs, first.records[2].status], [3000, "failed"]);
    ms += 50_000;
    const { manifest } = await start(dir, { now, clock, execute });
    assertEquals(manifest.durationMs, 5000);
    assertEquals(manifest.startedAt, new Date(0).toISOString());
    assertEquals(manifest.resumedAt, [new Date(53_000).toISOString()]);
    assertEquals(await readContent(`${dir}/run.json`), manifest);
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
    const leave = async (name: string) => {
      await Deno.mkdir(`${dir}/checkpoints`, { recursive: true });
      const path = `${dir}/checkpoints/${name.replaceAll("/", "--")}.0123456789ab.safetensors`;
      for (const file of [path, `${path}.corrupt`]) await Deno.writeTextFile(file, "");
    };
    await start(dir, {
      execute: async (cell, context) => {
        await leave(cell.name);
        return await chained(cell, context);
      },
    });
    assertEquals((await listFiles(dir)).filter((file) => file.startsWith("checkpoints")), []);
    await leave(NAMES[0]);
    await start(dir);
    await assertRejects(() => Deno.stat(`${dir}/checkpoints`), Deno.errors.NotFound);
  });
});
