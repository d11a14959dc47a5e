import { assertEquals, assertThrows } from "@std/assert";
import { readCount } from "./read_count.ts";
import { UsageError } from "../../common/usage_error.ts";

const OPTION = { command: "deno task bench perf", name: "samples" };

Deno.test("readCount() reads whole numbers from 1, and refuses all else by the option's name", () => {
  assertEquals([readCount("1", OPTION), readCount("999999", OPTION)], [1, 999_999]);
  for (const text of ["0", "-1", "1.5", "1e3", "", "many", "1000000"]) {
    const error = assertThrows(() => readCount(text, OPTION), UsageError);
    assertEquals(
      error.message,
      `Cannot run deno task bench perf: --samples must be a whole number from 1 to 999999, given ${text}`,
    );
  }
});
