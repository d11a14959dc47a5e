/** Run folders that version 1 of records wrote. */
import { assertEquals } from "@std/assert";
import { compareRuns } from "../compare/compare_runs.ts";
import { canonicalRecord } from "../record/canonical.ts";
import { asVersion1, readContent, withTempDir } from "../testing.ts";
import { verifyRun } from "../verify/verify_run.ts";
import { NAMES, start } from "./testing_resume.ts";

/** A finished run, as version 1 wrote it. */
async function runOfVersion1(dir: string) {
  const { records } = await start(dir);
  const paths = [`${dir}/run.json`];
  for await (const { name } of Deno.readDir(`${dir}/records`)) paths.push(`${dir}/records/${name}`);
  for (const path of paths) {
    await Deno.writeTextFile(path, JSON.stringify(asVersion1(await readContent(path))));
  }
  return records;
}

Deno.test("run() with resume keeps cells of version 1, and writes the manifest in the newest version", async () => {
  await withTempDir(async (dir) => {
    const before = await runOfVersion1(`${dir}/run`);
    const { seen, records, exitCode } = await start(`${dir}/run`);
    assertEquals([exitCode, seen], [0, NAMES.map((name) => `keep ${name}`)]);
    assertEquals(records.map(canonicalRecord), before.map(canonicalRecord));
    const { schema, version, preset } = await readContent(`${dir}/run/run.json`);
    assertEquals([schema, version, preset], ["realfeatures/run", 2, "small"]);
  });
});

Deno.test("run() with resume computes cells of version 1 again that other code computed, and loses none", async () => {
  await withTempDir(async (dir) => {
    await runOfVersion1(`${dir}/run`);
    const path = `${dir}/run/records/sl--natural--seed-0.json`;
    const { sha256: _seal, ...old } = JSON.parse(await Deno.readTextFile(path));
    const other = { ...old, benchmarkVersion: "e".repeat(64), key: "f".repeat(64) };
    const text = JSON.stringify(other);
    await Deno.writeTextFile(path, text);
    const { seen, exitCode } = await start(`${dir}/run`);
    assertEquals(exitCode, 0);
    assertEquals(seen.filter((line) => line.startsWith("note")), [
      "note sl/natural/seed-0 runs again: the code that it uses",
    ]);
    assertEquals(await Deno.readTextFile(`${dir}/run/records/stale/sl--natural--seed-0.json`), text);
  });
});

Deno.test("run() with reuse takes cells from a run of version 1; verify and compare read it", async () => {
  await withTempDir(async (dir) => {
    const before = await runOfVersion1(`${dir}/old`);
    const { records, exitCode } = await start(`${dir}/new`, { resume: false, reuse: [`${dir}/old`] });
    assertEquals(exitCode, 0);
    assertEquals(
      records.map(({ version, reusedFrom }) => [version, reusedFrom]),
      NAMES.map(() => [2, before[0].runId]),
    );
    const { faults, unsealed, records: found } = await verifyRun(`${dir}/old`);
    assertEquals([faults, unsealed, found], [[], [], NAMES.length]);
    const { regression } = await compareRuns(`${dir}/old`, `${dir}/new`);
    assertEquals(regression, false);
  });
});
