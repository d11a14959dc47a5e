import { assertEquals, assertThrows } from "@std/assert";
import { debugFromEnv } from "./debug.ts";

const level = (text?: string) => debugFromEnv((name) => name === "REALFEATURES_DEBUG" ? text : undefined);

Deno.test("debugFromEnv() reads a level from 1 to 4; null where the variable is absent, empty or 0", () => {
  assertEquals(["1", "2", "3", "4"].map((text) => level(text)?.level), [1, 2, 3, 4]);
  assertEquals([undefined, "", "0"].map(level), [null, null, null]);
});

Deno.test("debugFromEnv() refuses other values", () => {
  for (const text of ["5", "-1", "1.5", "all", "true"]) {
    const message = `Cannot read REALFEATURES_DEBUG: expected a level from 0 to 4, got "${text}"`;
    assertThrows(() => level(text), RangeError, message);
  }
});
