import { assertEquals } from "@std/assert";
import { countsOf, failuresOf, sharesOf, summaryLine, timesOf } from "./shares.ts";
import { SLOW_TESTS } from "./slow.ts";

Deno.test("sharesOf() puts every file into one share, and shares of equal length", () => {
  const files = ["a_test.ts", "b_test.ts", "c_test.ts", "d_test.ts", "e_test.ts"];
  assertEquals(sharesOf(files, { "d_test.ts": 9 }, 2), [
    ["d_test.ts"],
    ["a_test.ts", "b_test.ts", "c_test.ts", "e_test.ts"],
  ]);
  assertEquals(sharesOf(files.slice(0, 1), {}, 4), [["a_test.ts"]]);
});

Deno.test("countsOf() reads the last summary, and nothing from a process that died before it", () => {
  assertEquals(
    countsOf("ok | 1 passed | 0 failed (1s)\nFAILED | 3 passed (2 steps) | 1 failed | 2 ignored (1s)\n"),
    {
      passed: 3,
      failed: 1,
      ignored: 2,
    },
  );
  assertEquals(countsOf("running 1 test from ./a_test.ts\n"), null);
});

Deno.test("summaryLine() adds up in the words of deno test, which .ci/run reads", () => {
  const counts = [{ passed: 3, failed: 1, ignored: 2 }, { passed: 4, failed: 0, ignored: 0 }];
  assertEquals(summaryLine(counts, 64), "FAILED | 7 passed | 1 failed | 2 ignored (1m4s)");
  assertEquals(summaryLine(counts.slice(1), 119.7), "ok | 4 passed | 0 failed (2m0s)");
  assertEquals(countsOf(summaryLine(counts, 64)), { passed: 7, failed: 1, ignored: 2 });
});

Deno.test("failuresOf() and timesOf() read what deno test prints", () => {
  const text = [
    "running 3 tests from ./a_test.ts",
    "one ... ok (1m2s)",
    "two ...",
    "------- output -------",
    "ok (20ms)",
    "three ... FAILED (1s)",
    "running 1 test from ./b_test.ts",
    "four ... ok (340µs)",
    "",
    " ERRORS ",
    "",
    "three => ./a_test.ts:4:6",
    "",
    " FAILURES ",
    "",
    "three => ./a_test.ts:4:6",
    "",
    "FAILED | 3 passed | 1 failed (1m4s)",
  ].join("\n");
  assertEquals(failuresOf(text), ["three => ./a_test.ts:4:6"]);
  assertEquals([...timesOf(text)], [["a_test.ts", 63.02]]);
});

Deno.test("SLOW_TESTS names files that exist", async () => {
  for (const file of Object.keys(SLOW_TESTS)) {
    assertEquals((await Deno.stat(new URL(`../../${file}`, import.meta.url))).isFile, true, file);
  }
});
