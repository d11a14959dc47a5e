import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import type { MeasureOptions } from "./measure.ts";
import { measurePerf, measureTo } from "./measure_perf.ts";
import { parsePerfOptions } from "./options.ts";
import { fakePerfRecord } from "./testing.ts";

const REFUSED: [options: Parameters<typeof measurePerf>[0], message: string][] = [
  [{ samples: 0 }, "--samples must be a whole number"],
  [{ leastMs: 0.5 }, "--sample-ms must be a whole number"],
  [{ soakSteps: 1e21 }, "--soak must be a whole number"],
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

Deno.test("measureTo() writes the record that it returns, or none", async () => {
  await withTempDir(async (dir) => {
    const asked: MeasureOptions[] = [];
    const services = {
      note: () => {},
      signal: new AbortController().signal,
      measure: (options: MeasureOptions) => (asked.push(options), Promise.resolve(fakePerfRecord())),
    };
    const options = parsePerfOptions(["--samples=7"]);
    const record = await measureTo(`${dir}/a/r.json`, options, services);
    assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/a/r.json`)), record);
    await measureTo(null, options, services);
    assertEquals(asked.map(({ samples }) => samples), [7, 7]);
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["a"]);
  });
});
