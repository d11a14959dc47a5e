import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ATTACK_RECORD } from "../records/attack_record.ts";
import { CELL_RECORD } from "../records/cell_record.ts";
import { HISTORY_LINE } from "../records/history_line.ts";
import { PEERS_RECORD } from "../records/peers_record.ts";
import { PERF_RECORD } from "../records/perf_record.ts";
import { sealed } from "../records/seal.ts";
import { readFixture } from "../records/testing/fixtures.ts";
import { withTempDir } from "../testing.ts";
import { compareRuns } from "./compare_runs.ts";
import { appendHistory } from "./history/append_history.ts";
import { pruneHistory, readHistory } from "./history/history_file.ts";

const KINDS = ["perf", "peers", "attack"] as const;

for (const kind of KINDS) {
  Deno.test(`compareRuns() takes a ${kind} record of version 1, against itself and against its line in a history`, async () => {
    const { path } = await readFixture(`v1/${kind}.json`);
    const same = await compareRuns(path, path);
    assertEquals([same.regression, same.unlike], [false, []]);
    assert(same.changes.length > 0);
    await withTempDir(async (dir) => {
      await appendHistory(`${dir}/h.jsonl`, path);
      assertEquals((await compareRuns(`${dir}/h.jsonl`, path)).changes.length, same.changes.length);
    });
  });
}

/** The version of today's records, by the kind of a line. */
const VERSIONS = {
  cells: CELL_RECORD.version,
  perf: PERF_RECORD.version,
  peers: PEERS_RECORD.version,
  attack: ATTACK_RECORD.version,
};

for (const [kind, recordVersion] of Object.entries(VERSIONS)) {
  Deno.test(`compareRuns() finds no other schema in a ${kind} line of version 1 and one of today`, async () => {
    const { text } = await readFixture("v1/history.jsonl");
    const old = text.split("\n").find((line) => line.includes(`"kind":"${kind}"`))!;
    const today = { ...HISTORY_LINE.parse(JSON.parse(old)), recordVersion };
    await withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/old.jsonl`, `${old}\n`);
      await Deno.writeTextFile(`${dir}/today.jsonl`, `${JSON.stringify(sealed(today))}\n`);
      const { unlike, changes } = await compareRuns(`${dir}/old.jsonl`, `${dir}/today.jsonl`);
      assertEquals(unlike, []);
      assert(changes.length > 0);
    });
  });
}

Deno.test("compareRuns() takes a record of version 1 and one of today", async () => {
  await withTempDir(async (dir) => {
    const { path, json } = await readFixture("v1/perf.json");
    await Deno.writeTextFile(`${dir}/perf.json`, PERF_RECORD.write(PERF_RECORD.parse(json)));
    const { unlike, changes } = await compareRuns(path, `${dir}/perf.json`);
    assertEquals([unlike, changes.filter(({ verdict }) => verdict !== "same")], [[], []]);
  });
});

Deno.test("appendHistory() adds to a history of version 1, and adds no line twice", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`, { text } = await readFixture("v1/history.jsonl");
    await Deno.writeTextFile(file, text);
    for (const kind of KINDS) {
      const { path } = await readFixture(`v1/${kind}.json`);
      assertEquals((await appendHistory(file, path)).added, 0, kind);
    }
    const { json } = await readFixture("v1/perf.json");
    const next = { ...PERF_RECORD.parse(json), startedAt: "2027-01-01T00:00:00.000Z" };
    await Deno.writeTextFile(`${dir}/next.json`, PERF_RECORD.write(next));
    assertEquals((await appendHistory(file, `${dir}/next.json`)).added, 1);
    const { entries, problems } = await readHistory(file);
    assertEquals([entries.length, problems], [5, []]);
    assertEquals([entries[0].durationMs, entries[4].durationMs], [null, json.durationMs]);
    assertStringIncludes(await Deno.readTextFile(file), text); // appending leaves old lines as they are

    await pruneHistory(file, { last: 1 });
    const after = await Deno.readTextFile(file);
    assertEquals((await readHistory(file)).entries, entries.filter((_, i) => i !== 2));
    assert(!after.includes('"version":1,'), "pruning writes the newest version");
  });
});
