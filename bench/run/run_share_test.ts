/** Runs whose plan changed, whose folder others use, or whose disk is full, with made-up cells. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import type { Workbench } from "../plan/cell.ts";
import { DiskFullError } from "../store/disk_full.ts";
import type { RunServices } from "./request.ts";
import { recordedPreset } from "../store/run_manifest.ts";
import { chained, fakeWorkbench, readContent, smallPreset, withTempDir, writeSealed } from "../testing.ts";
import {
  canonical,
  listFiles,
  NAMES,
  NO_OPTIONS,
  PRESET,
  type Settings,
  snapshot,
  start,
  startUntil,
} from "./testing_resume.ts";
import { UsageError } from "../../common/usage_error.ts";

Deno.test("run() with resume refuses another preset's, data set's or adapter's run, and changes nothing", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    const before = await snapshot(dir);
    const { adapter } = await fakeWorkbench(chained)(PRESET, NO_OPTIONS);
    const cases: [Settings, string][] = [
      [{ preset: { ...PRESET, name: "other" } }, 'preset: found "small", expected "other"'],
      [
        { workbench: { dataset: { name: "cifar10", sha256: "0" } } },
        'dataset: found "planted", expected "cifar10"',
      ],
      [
        { workbench: { adapter: { ...adapter, backend: "gl" } } },
        'found "made up for tests, vulkan, unknown driver", expected "made up for tests, gl, unknown driver"',
      ],
      [
        { workbench: { driver: "Mesa 25.0.7 (libvulkan_lvp.so)" } },
        'vulkan, unknown driver", expected "made up for tests, vulkan, Mesa 25.0 (libvulkan_lvp.so)"',
      ],
      [{ workbench: { readPath: "texture" } }, 'readPath: found "buffer", expected "texture"'],
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
    assertEquals([exitCode, manifest.settings.adversarialTraining], [
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
      "note records/sl--natural--seed-0.json is of no cell of this run any more; " +
      "it lies in records/stale/sl--natural--seed-0.json now",
      `keep ${one}`,
    ]);
    assertEquals(second.manifest.cells, [one]);
  });
});

Deno.test("run() with resume refuses a record of a later version, and changes nothing", async () => {
  await withTempDir(async (dir) => {
    await start(dir);
    const path = `${dir}/records/sl--natural--seed-0.json`;
    await writeSealed(path, { ...await readContent(path), version: 3 });
    await Deno.writeTextFile(`${dir}/records/sl--robust--seed-0.json`, "{");
    const before = await snapshot(dir);
    const error = await assertRejects(() => start(dir), UsageError);
    assertStringIncludes(
      error.message,
      `Cannot continue: the record of ${
        NAMES[0]
      } cannot be used, it was written by a later version of this program: version is 3, known are 1 to 2\nHint: `,
    );
    assertEquals(await snapshot(dir), before);
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
    const left = (await listFiles(dir)).filter((file) => /lock|leases/.test(file));
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

Deno.test("run() resumes with the cell of another process that was interrupted", async () => {
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
  Deno.test(`run() stops on a full disk at a cell's ${what}, keeps what is finished, and resumes later`, async () => {
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
      assertMatch(error.message, /^Cannot continue: the disk is full, .*\nHint: what is finished is kept; /);
      assertEquals((await listFiles(dir)).filter((file) => /lock|leases|tmp/.test(file)), []);
      const { exitCode, seen } = await start(dir);
      const kept = what === "record" ? 1 : 2;
      assertEquals([exitCode, seen], [0, NAMES.map((name, i) => `${i < kept ? "keep" : "run"} ${name}`)]);
    });
  });
}
