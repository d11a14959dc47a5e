/** Runs that reuse finished cells of others, with made-up cells. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import type { Workbench } from "../plan/cell.ts";
import { DiskFullError } from "../store/disk_full.ts";
import {
  chained,
  fakeOutcome,
  NO_HASH,
  readContent,
  smallPreset,
  withTempDir,
  writeSealed,
} from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import {
  canonical,
  copyFolder,
  listFiles,
  NAMES,
  PRESET,
  type Settings,
  snapshot,
  start,
  startUntil,
} from "./testing_resume.ts";

const KEPT = NAMES.map((name) => `keep ${name}`), RAN = NAMES.map((name) => `run ${name}`);
const CHANGED = smallPreset("adversarialTraining: { epochs: 3 }");
const recordIn = (dir: string, name: string) => `${dir}/records/${name.replaceAll("/", "--")}.json`;

Deno.test("run() with reuse takes finished cells with their files, and needs the other run no more", async () => {
  await withTempDir(async (dir) => {
    const first = await start(`${dir}/a`), before = await snapshot(`${dir}/a`);
    const { exitCode, records, manifest, seen } = await start(`${dir}/b`, {
      resume: false,
      preset: { ...PRESET, name: "other", quick: true },
      reuse: [`${dir}/a`],
    });
    assertEquals(exitCode, 0);
    assertEquals(seen, [`note 4 of 4 cells that are missing are reused from ${dir}/a`, ...KEPT]);
    for (const [i, record] of records.entries()) {
      const { runId, reusedFrom, preset, status, startedAt } = record;
      assertEquals([runId, reusedFrom], [manifest.runId, first.manifest.runId]);
      assertEquals([preset, status, startedAt], ["other", "quick", first.records[i].startedAt]);
    }
    const own = (record: object) => ({ ...record, preset: "small", status: "ok" });
    assertEquals(canonical(records).map(own), canonical(first.records).map(own));
    assertEquals(await listFiles(`${dir}/b`), await listFiles(`${dir}/a`));
    assertEquals(await snapshot(`${dir}/a`), before);

    await Deno.remove(`${dir}/a`, { recursive: true });
    await Deno.remove(recordIn(`${dir}/b`, NAMES[3]));
    const again = await start(`${dir}/b`, { preset: { ...PRESET, name: "other", quick: true } });
    assertEquals(again.seen, [...KEPT.slice(0, 3), RAN[3]]);
    assertEquals(canonical(again.records).map(own), canonical(first.records).map(own));
    const third = await start(`${dir}/c`, { reuse: [`${dir}/b`] });
    assertEquals(third.records.map(({ reusedFrom }) => reusedFrom), [
      ...Array(3).fill(first.manifest.runId),
      manifest.runId,
    ]);
  });
});

Deno.test("run() with reuse computes what changed, and takes each other cell from the first run that has it", async () => {
  await withTempDir(async (dir) => {
    const a = await start(`${dir}/a`), b = await startUntil(`${dir}/b`, NAMES[2], { preset: CHANGED });
    const { seen, records } = await start(`${dir}/c`, { preset: CHANGED, reuse: [`${dir}/a`, `${dir}/b`] });
    assertEquals(seen, [
      `note 1 of 4 cells that are missing are reused from ${dir}/a`,
      `note 1 of 4 cells that are missing are reused from ${dir}/b`,
      ...KEPT.slice(0, 2),
      ...RAN.slice(2),
    ]);
    assertEquals(records.map(({ reusedFrom }) => reusedFrom), [
      a.manifest.runId,
      b.manifest.runId,
      undefined,
      undefined,
    ]);
    assertEquals(canonical(records), canonical((await start(`${dir}/d`, { preset: CHANGED })).records));
  });
});

Deno.test("run() with reuse takes what its own folder has lost, or has of something else", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/a`);
    await start(`${dir}/b`, { preset: CHANGED });
    await Deno.writeTextFile(recordIn(`${dir}/b`, NAMES[0]), "{");
    await Deno.mkdir(`${dir}/b/checkpoints`);
    await Deno.writeTextFile(
      `${dir}/b/checkpoints/${NAMES[1].replaceAll("/", "--")}.${"0".repeat(12)}.safetensors`,
      "",
    );
    const { seen, records } = await start(`${dir}/b`, { reuse: [`${dir}/a`] });
    assertMatch(seen.shift()!, /^note The record of sl\/natural\/seed-0 is corrupt, .*\.json\.corrupt now$/);
    assertEquals(seen, [`note 4 of 4 cells that are missing are reused from ${dir}/a`, ...KEPT]);
    assertEquals(canonical(records), canonical(whole.records));
    assertEquals(
      (await listFiles(`${dir}/b`)).filter((file) => /corrupt|stale|checkpoints/.test(file)),
      [
        `records/${recordIn("", NAMES[0]).slice(9)}.corrupt`,
        ...NAMES.slice(1).map((name) => `records/stale/${recordIn("", name).slice(9)}`),
      ].sort(),
    );
    assertEquals((await start(`${dir}/b`, { reuse: [`${dir}/a`] })).seen, KEPT);
  });
});

Deno.test("run() with reuse computes cells whose records or files there cannot be used, and leaves them alone", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/whole`);
    const record = await readContent(recordIn(`${dir}/whole`, NAMES[1]));
    const [artifact] = record.artifacts, file = artifact.path;
    const write = (text: string) => (a: string) => Deno.writeTextFile(recordIn(a, NAMES[1]), text);
    const own = (change: object) => (a: string) =>
      writeSealed(recordIn(a, NAMES[1]), { ...record, ...change });
    const path = (path: unknown) => own({ artifacts: [{ ...artifact, path }] });
    const cases: [(a: string) => Promise<unknown>, RegExp | null][] = [
      [write('{"schema":'), /^note Cannot reuse sl\/adv.* from .*\/a0: its record is corrupt, it/],
      [
        own({ version: 3 }),
        /: its record cannot be used, it was written by a later .* is 3, known are 1 to 2$/,
      ],
      [
        write(JSON.stringify({ ...record, durationMs: 7, sha256: NO_HASH })),
        /corrupt, .* damaged or edited$/,
      ],
      [write(JSON.stringify(record)), /: its record is corrupt, sha256 is missing$/],
      [
        own({ metrics: { cleanAccuracy: { value: 7, unit: "fraction" } } }),
        /is not a fraction in \[0, 1\], got 7$/,
      ],
      [async (a) => {
        await Deno.remove(recordIn(a, NAMES[1]));
        await Deno.mkdir(recordIn(a, NAMES[1]));
      }, /: its record cannot be read, /],
      [
        (a) => Deno.remove(`${a}/${file}`),
        /is not reused: Cannot reuse .*: it cannot be read, no such file/,
      ],
      [
        (a) => Deno.writeTextFile(`${a}/${file}`, "cut"),
        /is not reused: Cannot reuse .*output\.txt: it is not the file that its record names, sha256 /,
      ],
      [
        path("artifacts/sl/adversarial/seed-0/../../../../run.json"),
        /its record is corrupt, artifacts\[0\].path leads out of the folder of /,
      ],
      [path("/etc/passwd"), /its record is corrupt, .*, got \/etc\/passwd$/],
      [path(undefined), /its record is corrupt, artifacts\[0\].path is missing$/],
      [own({ key: NO_HASH }), null],
      [own({ status: "failed" }), null],
    ];
    for (const [i, [spoil, expected]] of cases.entries()) {
      const a = `${dir}/a${i}`, b = `${dir}/b${i}`;
      await copyFolder(`${dir}/whole`, a);
      await spoil(a);
      const before = await listFiles(a);
      const { seen, records } = await start(b, { reuse: [a] });
      if (expected !== null) assertMatch(seen.shift()!, expected);
      assertEquals(seen, [
        `note 3 of 4 cells that are missing are reused from ${a}`,
        ...NAMES.map((name, at) => `${at === 1 ? "run" : "keep"} ${name}`),
      ]);
      assertEquals(canonical(records), canonical(whole.records));
      assertEquals(await listFiles(a), before);
      assertEquals(await listFiles(b), await listFiles(`${dir}/whole`));
    }
  });
});

Deno.test("run() with reuse refuses what is no run folder, before anything is made", async () => {
  await withTempDir(async (dir) => {
    await start(`${dir}/a`);
    await Deno.mkdir(`${dir}/later`);
    await Deno.writeTextFile(`${dir}/later/run.json`, '{"schema":"realfeatures/run","version":3}');
    const cases: [string, string][] = [
      [`${dir}/absent`, "no run.json lies in the folder, or there is none, given "],
      [`${dir}/a/records`, "no run.json lies in the folder, or there is none, given "],
      [recordIn(`${dir}/a`, NAMES[0]), "no run.json lies in the folder, or there is none, given "],
      [
        `${dir}/later`,
        "its run.json cannot be used, it was written by a later version of this program: version is 3, known are 1 to 2, given ",
      ],
    ];
    for (const [path, reason] of cases) {
      const refused = () => start(`${dir}/b`, { reuse: [`${dir}/a`, path] });
      const { message } = await assertRejects(refused, UsageError);
      assertMatch(message, /^Cannot reuse cells of a run: .*\nHint: name the folder of a run, /);
      assertStringIncludes(message, reason + path);
    }
    await assertRejects(() => Deno.stat(`${dir}/b`), Deno.errors.NotFound);
  });
});

Deno.test("run() with reuse shares the folder: a process that joins reuses what nobody has in hand", async () => {
  await withTempDir(async (dir) => {
    await startUntil(`${dir}/a`, NAMES[2]);
    const ran: string[] = [];
    let second: ReturnType<typeof start> | undefined;
    const execute: Workbench["executeCell"] = async (cell, context) => {
      ran.push(cell.name);
      if (cell.name === NAMES[0]) {
        second ??= start(`${dir}/b`, { execute, reuse: [`${dir}/a`] });
        await new Promise((done) => setTimeout(done, 300));
      }
      return await chained(cell, context);
    };
    const one = await start(`${dir}/b`, { execute }), two = await second!;
    assertEquals([one.exitCode, two.exitCode], [0, 0]);
    assertEquals(ran.toSorted(), [NAMES[0], NAMES[2], NAMES[3]].toSorted());
    assert(two.seen.includes(`note 1 of 4 cells that are missing are reused from ${dir}/a`));
    assertEquals(one.records, two.records);
    assertEquals(one.records.map(({ reusedFrom }) => reusedFrom !== undefined), [false, true, false, false]);
    assertEquals((await listFiles(`${dir}/b`)).filter((file) => /lock|leases|tmp/.test(file)), []);
  });
});

Deno.test("run() with reuse in two processes at once ends with whole records, and runs nothing", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(`${dir}/a`);
    const execute: Workbench["executeCell"] = (cell) => Promise.resolve(fakeOutcome(cell));
    const both = await Promise.all([1, 2].map(() => start(`${dir}/b`, { execute, reuse: [`${dir}/a`] })));
    for (const { records, seen } of both) {
      assertEquals(canonical(records), canonical(whole.records));
      assertEquals(seen.filter((text) => text.startsWith("run")), []);
    }
    assertEquals(await listFiles(`${dir}/b`), await listFiles(`${dir}/a`));
  });
});

Deno.test("run() with reuse stops where it is interrupted or the disk is full, and resumes later", async () => {
  await withTempDir(async (dir) => {
    await start(`${dir}/a`);
    const goesOn = async (settings: Settings, stop: (own: Settings) => Promise<unknown>) => {
      await stop(settings);
      const { seen, exitCode } = await start(`${dir}/b`, { reuse: [`${dir}/a`] });
      assertEquals([exitCode, seen.filter((text) => !text.startsWith("note"))], [0, KEPT]);
      await Deno.remove(`${dir}/b`, { recursive: true });
    };
    const controller = new AbortController();
    const writeFile = (end: () => Promise<void>): Settings["writeFile"] => async (path, content) => {
      if (path.includes("construct--")) await end();
      await writeFileAtomic(path, content);
    };
    const abort = writeFile(() => Promise.resolve(controller.abort()));
    await goesOn({ writeFile: abort, signal: controller.signal, reuse: [`${dir}/a`] }, async (own) => {
      const { exitCode, records } = await start(`${dir}/b`, own);
      assertEquals([exitCode, records.length], [130, 3]);
    });
    const cause = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    const full = writeFile(() => Promise.reject(new Error("Cannot write", { cause })));
    await goesOn({ writeFile: full, reuse: [`${dir}/a`] }, async (own) => {
      await assertRejects(() => start(`${dir}/b`, own), DiskFullError, "Cannot continue: the disk is full");
      assertEquals((await listFiles(`${dir}/b`)).filter((file) => /lock|leases|tmp/.test(file)), []);
    });
  });
});
