import { assert, assertEquals, assertRejects } from "@std/assert";
import { benchStates, planBench } from "./plan_bench.ts";
import { runBench } from "./run_bench.ts";
import { UsageError } from "../../common/usage_error.ts";
import { fakeOutcome, fakeWorkbench, smallPreset, withTempDir } from "../testing.ts";

const openWorkbench = fakeWorkbench((cell) => Promise.resolve(fakeOutcome(cell)));

Deno.test("planBench() profiles what has to run, and benchStates() says what is done", async () => {
  await withTempDir(async (dir) => {
    const preset = smallPreset(), outDir = `${dir}/run`, profiled: string[] = [];
    const options = { preset, openWorkbench, onCell: (name: string) => void profiled.push(name) };
    const plan = await planBench({ ...options, jobs: 2 });
    assertEquals([plan.preset, plan.jobs, plan.cells[0].state], ["small", 2, undefined]);
    assert(profiled.includes("sl/natural/seed-0") && profiled.length <= plan.cells.length);
    const only = ["sl/natural/seed-0"];
    await Array.fromAsync(runBench({ preset, outDir, only, openWorkbench }));
    profiled.length = 0;
    const states = await benchStates({ ...options, outDir, seeds: [0, 1] });
    const done = states.cells.filter(({ state }) => state === "done").map(({ name }) => name);
    assertEquals([states.preset, done, profiled], ["small", only, []]);
    const rest = await planBench({ ...options, outDir });
    assertEquals([rest.cells[0].name, rest.cells[0].state], [only[0], "done"]);
    assert(!profiled.includes(only[0]));
    const taken = await benchStates({ ...options, reuse: [outDir] });
    assertEquals(taken.cells[0].reusedFrom, outDir);
  });
});

Deno.test("planBench() refuses a preset without its data, before a device is opened", async () => {
  const open = () => Promise.reject(new Error("opened"));
  const plan = (dataDir: string | null) =>
    planBench({ preset: "cifar10-small", dataDir, openWorkbench: open });
  await assertRejects(() => plan(null), UsageError, "reads cifar10 from a folder");
  await assertRejects(() => plan("no/such"), UsageError, "no such folder");
  await assertRejects(
    () => planBench({ preset: "quik", openWorkbench: open }),
    UsageError,
    "did you mean quick",
  );
});

Deno.test("planBench() stops on its signal and closes what it opened", async () => {
  const controller = new AbortController();
  let closed = 0;
  const opened = fakeWorkbench((cell) => Promise.resolve(fakeOutcome(cell)), { close: () => void closed++ });
  const options = { preset: smallPreset(), openWorkbench: opened, signal: controller.signal };
  const stop = () => controller.abort(new Error("enough"));
  await assertRejects(() => planBench({ ...options, onCell: stop }), Error, "enough");
  assertEquals(closed, 1);
});
