/** Runs of a thousand cells: planning and resuming them must not take long. */
import { assert, assertEquals } from "@std/assert";
import { expand } from "../plan/plan.ts";
import { planStates } from "../plan/plan_states.ts";
import { SILENT } from "./progress.ts";
import { run } from "./run.ts";
import { fakeOutcome, fakeWorkbench, smallPreset, withTempDir } from "../testing.ts";

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);
const openWorkbench = fakeWorkbench((cell) => Promise.resolve(fakeOutcome(cell)));

/** Far more than it takes (see docs/runner.md), since other work may share the machine. */
const PLAN_MS = 5_000, RESUME_MS = 10_000;

Deno.test("planStates() and run() with resume are quick with a thousand finished cells", async () => {
  await withTempDir(async (dir) => {
    const preset = smallPreset(`seeds: [${SEEDS}]`), signal = new AbortController().signal;
    const request = { preset, outDir: `${dir}/run`, dataDir: null, command: "test", resume: true };
    const services = { openWorkbench, writeReport: null, progress: SILENT, signal };
    assertEquals((await run(request, services)).records.length, 1000);

    let startedAt = performance.now();
    const workbench = await openWorkbench(preset, { dataDir: null, signal });
    const states = await planStates(expand(preset), { preset, runDir: request.outDir, workbench });
    const planMs = performance.now() - startedAt;
    assertEquals(new Set(states.map(({ state }) => state)), new Set(["done"]));

    startedAt = performance.now();
    const { exitCode, records } = await run(request, services);
    const resumeMs = performance.now() - startedAt;
    assertEquals([exitCode, records.length], [0, 1000]);
    assert(planMs < PLAN_MS, `planning took ${planMs} ms`);
    assert(resumeMs < RESUME_MS, `resuming took ${resumeMs} ms`);
    if (Deno.env.has("REALFEATURES_SHOW_TIMES")) {
      await Deno.stderr.write(new TextEncoder().encode(`plan ${planMs} ms, resume ${resumeMs} ms\n`));
    }
  });
});
