import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { formatError, isExplained } from "./explained.ts";

Deno.test("isExplained() tells our errors from those of the engine underneath", () => {
  assert(isExplained(new RangeError("Cannot read CIFAR-10 file: it is cut short, given 17 bytes")));
  const nothing = JSON.parse("null");
  let native: unknown;
  try {
    nothing.a.b;
  } catch (error) {
    native = error;
  }
  assertMatch((native as Error).message, /^Cannot read properties/);
  assertFalse(isExplained(native));
  assertFalse(isExplained("Cannot do it: a text"));
});

Deno.test("formatError() shows a stack trace for bugs only", () => {
  assertEquals(formatError(new Error("Cannot do it: no way")), "Cannot do it: no way");
  assertMatch(formatError(new Error("oops")), /bug in realfeatures.*\nError: oops\n\s+at /);
});
