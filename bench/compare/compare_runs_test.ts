import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CellRecord } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";
import { fakeRecord, withTempDir, writeSealed } from "../testing.ts";
import { compareRuns } from "./compare_runs.ts";
import { formatComparison, FORMATS } from "./formats/mod.ts";
import { DEFAULT_THRESHOLDS } from "./thresholds.ts";

async function inFolder(test: (path: (name: string) => string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const { machine } = fakeRecord();
    const cell = (bytes: number, own: Partial<CellRecord> = {}) =>
      fakeRecord({ metrics: { peakBytes: { value: bytes, unit: "bytes" } }, ...own });
    const records = {
      base: cell(100),
      head: cell(115),
      small: cell(97, { seed: 1, cell: "sl/natural/seed-1" }),
      other: cell(100, { machine: { ...machine, cpu: "another" } }),
    };
    for (const [name, record] of Object.entries(records)) {
      await writeSealed(`${dir}/${name}.json`, record);
    }
    await Deno.writeTextFile(`${dir}/t.yaml`, "memoryPercent: 20");
    await test((name) => `${dir}/${name}`);
  });
}

Deno.test("compareRuns() finds what became worse, merges paths, and heeds thresholds from a file or an object", async () => {
  await inFolder(async (path) => {
    const [base, head, small] = ["base.json", "head.json", "small.json"].map(path);
    const found = await compareRuns(base, head);
    assertEquals([found.regression, found.base.path, found.thresholds], [true, base, DEFAULT_THRESHOLDS]);
    const merged = await compareRuns(base, [head, small]);
    assertEquals([merged.regression, merged.head.records], [false, 2]); // 106 on average
    assertEquals((await compareRuns(base, head, { thresholds: path("t.yaml") })).regression, false);
    const thresholds = { ...DEFAULT_THRESHOLDS, metrics: [{ pattern: "*", limits: { memoryPercent: 30 } }] };
    assertEquals((await compareRuns(base, head, { thresholds })).regression, false);
  });
});

Deno.test("compareRuns() refuses unlike things unless they may differ, and sides without a path", async () => {
  await inFolder(async (path) => {
    const [base, other] = [path("base.json"), path("other.json")];
    await assertRejects(() => compareRuns(base, other), UsageError, "machine cpu is");
    const { unlike } = await compareRuns(base, other, { allowDifferent: ["machine"] });
    assertEquals(unlike.map(({ field }) => field), ["machine"]);
    await assertRejects(() => compareRuns([], other), UsageError, "a side has no path");
    await assertRejects(() => compareRuns(base, path("no")), UsageError, "no such file");
  });
});

Deno.test("formatComparison() has every format of the command", async () => {
  await inFolder(async (path) => {
    const comparison = await compareRuns(path("base.json"), path("head.json"));
    for (const name of Object.keys(FORMATS) as (keyof typeof FORMATS)[]) {
      assert(formatComparison(comparison, name).length > 0);
    }
    assertEquals(formatComparison(comparison), formatComparison(comparison, "text"));
  });
});
