import { assertEquals, assertThrows } from "@std/assert";
import { loadPreset } from "../load_preset.ts";
import { expand } from "../plan.ts";
import { smallPreset } from "../testing.ts";
import { UsageError } from "../usage_error.ts";
import { parseJobs, shareMachine } from "./jobs_option.ts";

Deno.test("parseJobs() reads whole numbers from 1", () => {
  assertEquals([parseJobs(null), parseJobs("1"), parseJobs("16")], [null, 1, 16]);
  for (const text of ["0", "-1", "1.5", "2e1", "two", " 2", "10000", ""]) {
    assertThrows(
      () => parseJobs(text),
      UsageError,
      `Cannot read --jobs: must be a whole number from 1 to 9999, given ${text}`,
    );
  }
});

Deno.test("shareMachine() gives a software adapter one job per core, others one job", async () => {
  const cells = expand(await loadPreset("quick"));
  const share = (isFallback: boolean, cores: number) =>
    shareMachine(cells, { asked: null, isFallback, cores });
  assertEquals(share(true, 2), { jobs: 2, threads: 1 });
  assertEquals(share(true, 1), { jobs: 1, threads: null });
  assertEquals(share(false, 16), { jobs: 1, threads: null });
});

Deno.test("shareMachine() takes the number asked for, and divides the threads of a software adapter", async () => {
  const cells = expand(await loadPreset("quick"));
  const share = (asked: number, isFallback: boolean) => shareMachine(cells, { asked, isFallback, cores: 8 });
  assertEquals(share(3, true), { jobs: 3, threads: 2 });
  assertEquals(share(3, false), { jobs: 3, threads: null });
  assertEquals(share(1, true), { jobs: 1, threads: null });
});

Deno.test("shareMachine() takes no more jobs than cells can run at once", () => {
  const share = (seeds: number) =>
    shareMachine(expand(smallPreset(), Array.from({ length: seeds }, (_, i) => i)), {
      asked: null,
      isFallback: true,
      cores: 32,
    });
  assertEquals([share(1), share(2), share(0)], [
    { jobs: 2, threads: 16 },
    { jobs: 4, threads: 8 },
    { jobs: 1, threads: null },
  ]);
});
