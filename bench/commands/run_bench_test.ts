import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RunEvent } from "../run/events.ts";
import { runBench, type RunBenchOptions } from "./run_bench.ts";
import { fakeOutcome, fakeWorkbench, smallPreset, withTempDir } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";

const CELL = "sl/natural/seed-0", ONLY = [CELL, "sl/adversarial/seed-0"];

const options = (outDir: string, own: RunBenchOptions = {}): RunBenchOptions => ({
  preset: smallPreset(),
  outDir,
  only: ONLY,
  openWorkbench: fakeWorkbench(async (cell, context) => {
    for (let done = 1; done <= 3; done++) {
      context.progress({ label: "train", done, total: 3, unit: "images" });
    }
    context.warn("odd");
    await Promise.resolve();
    return fakeOutcome(cell);
  }),
  ...own,
});

Deno.test("runBench() tells everything in order, and of progress that nobody took the latest alone", async () => {
  await withTempDir(async (dir) => {
    const events: RunEvent[] = await Array.fromAsync(runBench(options(`${dir}/run`)));
    const names = events.map(({ event }) => event);
    const cell = ["started", "progress", "note", "finished"];
    assertEquals(names, ["planned", ...cell, ...cell, "ended"]);
    const [planned, started, progress, note, finished] = events;
    assertEquals({ ...planned, costs: [] }, { event: "planned", cells: ONLY, costs: [], jobs: 1 });
    assertEquals(started, { event: "started", cell: CELL, index: 0, count: 2 });
    assertEquals(progress, {
      event: "progress",
      cell: CELL,
      label: "train",
      done: 3,
      total: 3,
      unit: "images",
    });
    assertEquals(note, { event: "note", text: `${CELL} warns: odd` });
    assert(finished.event === "finished" && finished.record.cell === CELL && finished.count === 2);
    const last = events.at(-1)!;
    assert(last.event === "ended" && last.result.exitCode === 0 && last.result.records.length === 2);
    const again = await Array.fromAsync(runBench(options(`${dir}/run`, { resume: true })));
    assertEquals(again.map(({ event }) => event), ["planned", "kept", "kept", "ended"]);
    const other = await Array.fromAsync(runBench(options(`${dir}/other`, { reuse: [`${dir}/run`] })));
    assertEquals(other.map(({ event }) => event), ["planned", "note", "kept", "kept", "ended"]);
  });
});

Deno.test("runBench() stops the run when the loop is left, and resumes later", async () => {
  await withTempDir(async (dir) => {
    for await (const { event } of runBench(options(`${dir}/run`))) {
      if (event === "finished") break;
    }
    const names = (await Array.fromAsync(runBench(options(`${dir}/run`, { resume: true })))).map((
      { event },
    ) => event);
    assertEquals(names[1], "kept");
    assertEquals(names.at(-1), "ended");
  });
});

Deno.test("runBench() stops on its signal and throws what ends a run", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    let code = 0;
    for await (const event of runBench(options(`${dir}/run`, { signal: controller.signal }))) {
      if (event.event === "started") controller.abort();
      if (event.event === "ended") code = event.result.exitCode;
    }
    assertEquals(code, 130);
    await assertRejects(
      () => Array.fromAsync(runBench(options(`${dir}/run`))),
      UsageError,
      "holds a run already",
    );
    await assertRejects(
      () => Array.fromAsync(runBench({ preset: "quik" })),
      UsageError,
      "did you mean quick",
    );
  });
});
