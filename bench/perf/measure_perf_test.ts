import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import type { MeasureOptions } from "./measure.ts";
import { PERF_RECORD } from "../records/perf_record.ts";
import { measurePerf } from "./measure_perf.ts";
import { fakePerfRecord } from "./testing.ts";

const REFUSED: [options: Parameters<typeof measurePerf>[0], message: string][] = [
  [{ samples: 0 }, "Cannot read option samples: must be a whole number"],
  [{ minSampleMs: 0.5 }, "Cannot read option minSampleMs: must be a whole number"],
  [{ soakSteps: 1e21 }, "Cannot read option soakSteps: must be a whole number"],
  [{ only: "convolve" }, "no name holds convolve"],
];
for (const [options, message] of REFUSED) {
  Deno.test(`measurePerf() refuses ${JSON.stringify(options)} as its command does`, async () => {
    await assertRejects(() => measurePerf(options), UsageError, message);
  });
}

Deno.test("measurePerf() refuses a record's file that exists before it measures", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/r.json`, "kept");
    await assertRejects(() => measurePerf({ out: `${dir}/r.json` }), UsageError, "it exists already");
    assertEquals(await Deno.readTextFile(`${dir}/r.json`), "kept");
  });
});

Deno.test("measurePerf() writes the record that it returns, or none", async () => {
  await withTempDir(async (dir) => {
    const asked: MeasureOptions[] = [];
    const measure = (options: MeasureOptions) => (asked.push(options), Promise.resolve(fakePerfRecord()));
    const record = await measurePerf({ samples: 7, out: `${dir}/a/r.json` }, { measure });
    assertEquals(PERF_RECORD.parse(JSON.parse(await Deno.readTextFile(`${dir}/a/r.json`))), record);
    await measurePerf({ samples: 7 }, { measure });
    assertEquals(asked.map(({ samples, starts }) => [samples, starts]), [[7, 3], [7, 3]]);
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["a"]);
  });
});
