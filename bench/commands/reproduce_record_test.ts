import { assert, assertEquals, assertRejects } from "@std/assert";
import { reproduceRecord } from "./reproduce_record.ts";
import { runBench } from "./run_bench.ts";
import type { RunEvent } from "../run/events.ts";
import { UsageError } from "../../common/usage_error.ts";
import { chained, fakeWorkbench, restoreChained, smallPreset, withTempDir } from "../testing.ts";

Deno.test("reproduceRecord() runs the cell again and tells what happens", async () => {
  await withTempDir(async (dir) => {
    const openWorkbench = fakeWorkbench(chained, { restoreOutput: restoreChained });
    await Array.fromAsync(runBench({ preset: smallPreset(), outDir: `${dir}/run`, openWorkbench }));
    const path = `${dir}/run/records/sl--natural--seed-0.json`, events: RunEvent[] = [];
    const found = await reproduceRecord(path, { openWorkbench, onEvent: (event) => events.push(event) });
    assertEquals([found.cell, found.verdict], ["sl/natural/seed-0", "identical"]);
    assert(events.some((event) => event.event === "finished"));
    const other = fakeWorkbench(async (cell, context) => {
      const outcome = await chained(cell, context);
      return { metrics: { ...outcome.metrics, cleanAccuracy: { value: 0.9, unit: "fraction" } } };
    }, { restoreOutput: restoreChained });
    assertEquals((await reproduceRecord(path, { openWorkbench: other })).verdict, "different");
    assertEquals(
      (await reproduceRecord(path, { openWorkbench: other, tolerance: 1 })).verdict,
      "within tolerance",
    );
    await assertRejects(() => reproduceRecord(`${dir}/no.json`), UsageError, "Cannot reproduce");
  });
});
