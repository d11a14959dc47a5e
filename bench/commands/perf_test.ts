import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import type { MeasureOptions } from "../perf/measure.ts";
import { PERF_RECORD } from "../records/perf_record.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import { PERF_COMMAND } from "./perf.ts";
import { servicesFor } from "./testing.ts";

/** Runs the command without measuring. */
async function start(args: string[], record = fakePerfRecord()) {
  const out = { text: "", errors: "" };
  let asked: MeasureOptions | null = null;
  const services = servicesFor({
    stdout: (part) => out.text += part,
    stderr: (part) => out.errors += part,
    measure: (options) => {
      asked = options;
      options.note("something");
      return Promise.resolve(record);
    },
  });
  const code = await runCommand(PERF_COMMAND, args, services);
  return { code, ...out, asked: asked as MeasureOptions | null };
}

Deno.test("perf() writes the record, prints its tables and says where it lies", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/new/perf.json`;
    const { code, text, errors } = await start(["--out", path]);
    assertEquals([code, errors], [0, "measuring something\n"]);
    assertEquals(PERF_RECORD.parse(JSON.parse(await Deno.readTextFile(path))), fakePerfRecord());
    assertMatch(text, /^made up \(a processor\)\nKernels: texture\./);
    assertStringIncludes(text, `\nRecord: ${path}\n`);
  });
});

Deno.test("perf() prints nothing but JSON with --json, and no progress with --quiet", async () => {
  await withTempDir(async (dir) => {
    const { text, errors } = await start(["--json", "--quiet", `--out=${dir}/perf.json`]);
    assertEquals([JSON.parse(text), errors], [fakePerfRecord(), ""]);
  });
});

Deno.test("perf() passes on what is asked for", async () => {
  await withTempDir(async (dir) => {
    const args = [
      "--samples",
      "7",
      "--sample-ms",
      "20",
      "--starts",
      "1",
      "--soak",
      "40",
      "--parts",
      "start",
    ];
    const { asked } = await start([...args, "--out", `${dir}/perf.json`]);
    const { samples, minSampleMs, starts, soakSteps, parts, only } = asked!;
    assertEquals([samples, minSampleMs, starts, soakSteps, only], [7, 20, 1, 40, null]);
    assertEquals([...parts], ["start", "soak"]);
  });
});

Deno.test("perf() ends with 1 and says so where memory grew", async () => {
  const [training] = fakePerfRecord().training;
  const grown = fakePerfRecord({ training: [{ ...training, liveBytes: [2 ** 20, 2 ** 21] }] });
  await withTempDir(async (dir) => {
    const { code, text, errors } = await start(["--out", `${dir}/perf.json`], grown);
    assertEquals(code, 1);
    assertMatch(text, /1\.0 MiB +2\.0 MiB GREW/);
    assertStringIncludes(errors, "Memory grew: resnet8 took more device memory after its first step");
  });
});

Deno.test("perf() measures nothing where the record exists already or cannot be written", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/perf.json`, "kept");
    const error = await assertRejects(() => start(["--out", `${dir}/perf.json`]), UsageError);
    assertMatch(
      error.message,
      /^Cannot write .*: it exists already, and records are never overwritten\nHint: /,
    );
    await assertRejects(() => start(["--out", `${dir}/perf.json/below.json`]), UsageError, "Cannot write");
    assertEquals(await Deno.readTextFile(`${dir}/perf.json`), "kept");
  });
});

Deno.test("perf() shows its help", async () => {
  const { code, text, asked } = await start(["--help"]);
  assertEquals([code, asked], [0, null]);
  for (const part of ["deno task bench perf", "--parts LIST", "--samples N", "--soak N", "--json"]) {
    assertStringIncludes(text, part);
  }
});

for (
  const [args, message] of [
    [["--stpes", "4"], /unknown option --stpes, did you mean/],
    [["--samples", "0"], /^Cannot read --samples: must be a whole number from 1 to 999999, given 0$/],
    [["--soak", "many"], /^Cannot read --soak: must be a whole number .*given many$/],
    [["--parts", "kernel"], /unknown part kernel, did you mean kernels, known are start, ceilings/],
    [
      ["--only", "convolve"],
      /^Cannot read --only: no name holds convolve, known operations are matmul, conv2d/,
    ],
    [["--choices", "fixed"], /--choices was renamed, it is --variants now/],
    [["fast"], /unexpected argument fast/],
  ] as const
) {
  Deno.test(`perf() refuses ${args.join(" ")} before it measures`, async () => {
    const error = await assertRejects(() => start([...args]), UsageError);
    assertMatch(error.message, message);
    assertEquals(error.exitCode, 2);
  });
}
