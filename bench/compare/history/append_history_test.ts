import { sealed } from "../../records/seal.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { fakePerfRecord } from "../../perf/testing.ts";
import { UsageError } from "../../../common/usage_error.ts";
import { fakeRecord, withTempDir, writeSealed } from "../../testing.ts";
import { appendHistory } from "./append_history.ts";
import { pruneHistory, readHistory } from "./history_file.ts";

Deno.test("appendHistory() adds what pruneHistory() takes out and readHistory() reads", async () => {
  await withTempDir(async (dir) => {
    const file = `${dir}/h.jsonl`;
    for (const day of [1, 2, 3]) {
      const record = fakePerfRecord({ startedAt: `2026-01-0${day}T00:00:00.000Z` });
      await writeSealed(`${dir}/${day}.json`, record);
      const { added, entries, notes } = await appendHistory(file, `${dir}/${day}.json`);
      assertEquals([added, entries.length, notes], [1, 1, []]);
    }
    assertEquals((await appendHistory(file, `${dir}/3.json`)).added, 0);
    assertEquals((await pruneHistory(file, { since: "2026-01-02" })).left.length, 2);
    assertEquals((await pruneHistory(file, { last: 1 })).left.length, 1);
    assertEquals((await pruneHistory(file, {})).left.length, 1);
    const wrong = [{ last: 0 }, { last: 1.5 }, { since: "soon" }];
    for (const keep of wrong) {
      await assertRejects(() => pruneHistory(file, keep), UsageError, "Cannot prune history: ");
    }
    assertEquals((await readHistory(file)).entries.map(({ startedAt }) => startedAt), [
      "2026-01-03T00:00:00.000Z",
    ]);
  });
});

Deno.test("appendHistory() names what it leaves out, and refuses several runs", async () => {
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/records`);
    const write = (name: string, text: string) => Deno.writeTextFile(`${dir}/records/${name}.json`, text);
    await write("a", JSON.stringify(sealed(fakeRecord())));
    await write("b", "{");
    const { added, notes } = await appendHistory(`${dir}/h.jsonl`, dir);
    assertEquals([added, notes], [1, [`${dir}/records/b.json is left out: it is not JSON`]]);
    await write("b", JSON.stringify(sealed(fakeRecord({ cell: "sl/robust/seed-0", preset: "other" }))));
    await assertRejects(() => appendHistory(`${dir}/h.jsonl`, dir), UsageError, "preset is");
  });
});
