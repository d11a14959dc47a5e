/** Runs whose `run.json` is damaged: the records say what stood in it. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { benchStates } from "../commands/plan_bench.ts";
import { UsageError } from "../../common/usage_error.ts";
import { chained, fakeWorkbench, readContent, smallPreset, withTempDir } from "../testing.ts";
import { canonical, listFiles, NAMES, PRESET, snapshot, start, startUntil } from "./testing_resume.ts";

const KEPT = NAMES.map((name) => `keep ${name}`);

const NO_JSON =
  "cannot be used, it is not JSON, Expected property name or '}' in JSON at position 2 (line 1 column 3)";

/** Faults of a manifest, and what is said of each. */
const DAMAGE: [spoil: (text: string) => string, reason: string][] = [
  [() => "", "it is not JSON"],
  [(text) => text.slice(0, text.length / 2), "it is not JSON"],
  [(text) => text.replace('"runId"', '"ranId"'), "runId is missing"],
  [(text) => text.replace('"preset": "small"', '"preset": "../../evil"'), "preset is not a name of letters"],
  [() => "[]", "it is not a JSON object"],
  [(text) => text.replace('"version": 2', '"version": 3'), "version is 3, known are 1 to 2"],
  [(text) => text.replace('"durationMs": ', '"durationMs": 1'), "its content has another sha256 than"],
];

async function damaged(dir: string, spoil: (text: string) => string): Promise<string> {
  const text = spoil(await Deno.readTextFile(`${dir}/run.json`));
  await Deno.writeTextFile(`${dir}/run.json`, text);
  return text;
}

Deno.test("run() with resume makes a damaged run.json again, keeps every finished cell, and says so", async () => {
  await withTempDir(async (dir) => {
    const whole = await start(dir), files = await listFiles(dir);
    for (const [spoil, reason] of DAMAGE) {
      const text = await damaged(dir, spoil);
      const { seen, manifest, records, exitCode } = await start(dir);
      const note = seen.shift()!;
      assertStringIncludes(note, `note run.json cannot be used, ${reason}`);
      assertStringIncludes(note, ": it is kept as run.json.corrupt, and made again from records and preset");
      assertEquals([exitCode, seen], [0, KEPT]);
      assertEquals(canonical(records), canonical(whole.records));
      const { runId, preset, settings, cells, identity } = whole.manifest;
      assertEquals(
        [manifest.runId, manifest.preset, manifest.settings, manifest.cells, manifest.identity?.dataset],
        [runId, preset, settings, cells, identity?.dataset],
      );
      assertEquals(await Deno.readTextFile(`${dir}/run.json.corrupt`), text);
      assertEquals(await readContent(`${dir}/run.json`), manifest);
      assertEquals((await start(dir)).seen, KEPT);
    }
    assertEquals(await listFiles(dir), [...files, "run.json.corrupt"].sort());
  });
});

Deno.test("run() with resume continues from a damaged run.json in the middle of a run", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    await damaged(dir, () => "{ cut");
    const { seen, records } = await start(dir);
    assertEquals(seen.slice(1), [...KEPT.slice(0, 2), `run ${NAMES[2]}`, `run ${NAMES[3]}`]);
    assertEquals(new Set(records.map(({ runId }) => runId)).size, 1);
  });
});

Deno.test("run() with resume starts again from checkpoints alone where run.json is damaged", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[0]);
    const checkpoint = `${dir}/checkpoints/${NAMES[0].replaceAll("/", "--")}.0123456789ab.safetensors`;
    await Deno.mkdir(`${dir}/checkpoints`, { recursive: true });
    await Deno.writeTextFile(checkpoint, "state");
    await damaged(dir, () => "{ cut");
    const { seen } = await start(dir, {
      execute: async (cell, context) => {
        if (cell.name === NAMES[0]) assertEquals(await Deno.readTextFile(checkpoint), "state");
        return await chained(cell, context);
      },
    });
    assertEquals(seen.slice(1), NAMES.map((name) => `run ${name}`));
  });
});

Deno.test("run() with resume leaves alone a run.json of a later version, or in a folder without cells of the run", async () => {
  await withTempDir(async (dir) => {
    await start(dir);
    const later = '{ "schema": "realfeatures/run", "version": 99 }';
    await damaged(dir, () => later);
    let before = await snapshot(dir);
    await assertRejects(
      () => start(dir),
      UsageError,
      "its run.json cannot be used, it was written by a later version of this program: version is 99, known are 1 to 2",
    );
    assertEquals(await snapshot(dir), before);

    await damaged(dir, () => "{ cut");
    before = await snapshot(dir);
    const other = { ...smallPreset(), name: "other" };
    await assertRejects(
      () => start(dir, { preset: other }),
      UsageError,
      'preset: found "small", expected "other"',
    );
    assertEquals(await snapshot(dir), before);

    const mine = `${dir}/mine`;
    await Deno.mkdir(`${mine}/records`, { recursive: true });
    await Deno.writeTextFile(`${mine}/run.json`, "steps: 12");
    await Deno.writeTextFile(`${mine}/records/sl--natural--seed-0.json`, '{"cell":"sl/natural/seed-0"}');
    before = await snapshot(mine);
    await assertRejects(() => start(mine), UsageError, "its run.json cannot be used, it is not JSON, ");
    assertEquals(await snapshot(mine), before);
  });
});

Deno.test("run() with reuse uses a run whose run.json is damaged, and benchStates() sees its cells", async () => {
  await withTempDir(async (dir) => {
    await start(`${dir}/a`);
    await damaged(`${dir}/a`, () => "{ cut");
    const before = await snapshot(`${dir}/a`);
    const notes: string[] = [];
    const found = await benchStates({
      preset: PRESET,
      outDir: `${dir}/a`,
      note: (text) => notes.push(text),
      openWorkbench: fakeWorkbench(chained),
    });
    assertEquals(found.cells.filter(({ state }) => state === "done").map(({ name }) => name), NAMES);
    assertEquals(notes, [`The run.json of ${dir}/a ${NO_JSON}: bench --resume makes it again`]);
    const { seen } = await start(`${dir}/b`, { reuse: [`${dir}/a`] });
    assertEquals(seen[0], `note The run.json of ${dir}/a ${NO_JSON}: its records are used all the same`);
    assertEquals(seen.slice(2), KEPT);
    assertEquals(await snapshot(`${dir}/a`), before);
  });
});
