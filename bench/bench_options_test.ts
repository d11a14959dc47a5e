import { assertEquals, assertThrows } from "@std/assert";
import { parseReuse, parseSeeds } from "./bench_options.ts";
import { UsageError } from "../common/usage_error.ts";

Deno.test("parseReuse() reads run folders with commas between, and refuses empty names", () => {
  assertEquals(parseReuse(null), []);
  assertEquals(parseReuse("runs/a, runs/b"), ["runs/a", "runs/b"]);
  for (const bad of [",", "a,,b", " "]) {
    assertThrows(() => parseReuse(bad), UsageError, `Cannot read --reuse: expected run folders`);
  }
});

Deno.test("parseSeeds() reads lists and ranges with both ends", () => {
  assertEquals(parseSeeds("0,1,2"), [0, 1, 2]);
  assertEquals(parseSeeds("0..4"), [0, 1, 2, 3, 4]);
  assertEquals(parseSeeds("7, 1..2"), [7, 1, 2]);
  assertEquals(parseSeeds("3..3"), [3]);
});

Deno.test("parseSeeds() refuses anything else", () => {
  for (
    const bad of [
      "",
      "a",
      "-1",
      "1.5",
      "1,",
      "0...4",
      "0..",
      "..4",
      "1e3",
      "4..0",
      "1,1",
      "0..3,2",
      "0..1000",
    ]
  ) {
    assertThrows(() => parseSeeds(bad), UsageError, "Cannot read --seeds: ", bad);
  }
  assertThrows(() => parseSeeds("0..1000000000"), UsageError, "at most 1000 seeds can be named");
  assertThrows(() => parseSeeds("9007199254740992"), UsageError, "a seed is at most 9007199254740991");
  assertEquals(parseSeeds("0..999").length, 1000);
  assertEquals(parseSeeds("9007199254740991"), [2 ** 53 - 1]);
});
