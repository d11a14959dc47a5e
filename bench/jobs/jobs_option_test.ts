import { assertEquals, assertGreater } from "@std/assert";
import { loadPreset } from "../config/load_preset.ts";
import { expand } from "../plan/plan.ts";
import { smallPreset } from "../testing.ts";
import { machineOf, shareMachine } from "./jobs_option.ts";

Deno.test("shareMachine() gives a software adapter one job per core, others one job", async () => {
  const cells = expand(await loadPreset("quick"));
  const share = (isFallback: boolean, cores: number, freeBytes = Infinity) =>
    shareMachine(cells, { asked: null, machine: { isFallback, cores, freeBytes } });
  assertEquals(share(true, 2), { jobs: 2, threads: 1 });
  assertEquals(share(true, 1), { jobs: 1, threads: null });
  assertEquals(share(false, 16), { jobs: 1, threads: null });
  assertEquals(share(true, 12, 9 * 2 ** 30), { jobs: 4, threads: 3 }); // as far as the memory reaches
  assertEquals(share(true, 12, 0), { jobs: 1, threads: null });
});

Deno.test("shareMachine() takes the number asked for, and divides the threads of a software adapter", async () => {
  const cells = expand(await loadPreset("quick"));
  const share = (asked: number, isFallback: boolean) =>
    shareMachine(cells, { asked, machine: { isFallback, cores: 8, freeBytes: 0 } });
  assertEquals(share(3, true), { jobs: 3, threads: 2 });
  assertEquals(share(3, false), { jobs: 3, threads: null });
  assertEquals(share(1, true), { jobs: 1, threads: null });
});

Deno.test("shareMachine() takes no more jobs than cells can run at once", () => {
  const share = (seeds: number) =>
    shareMachine(expand(smallPreset(), Array.from({ length: seeds }, (_, i) => i)), {
      asked: null,
      machine: { isFallback: true, cores: 32, freeBytes: Infinity },
    });
  assertEquals([share(1), share(2), share(0)], [
    { jobs: 6, threads: 5 },
    { jobs: 12, threads: 2 },
    { jobs: 1, threads: null },
  ]);
});

Deno.test("machineOf() finds cores and free memory", () => {
  const { isFallback, cores, freeBytes } = machineOf({ isFallback: true });
  assertEquals(isFallback, true);
  assertGreater(cores, 0);
  assertGreater(freeBytes, 2 ** 20);
});
