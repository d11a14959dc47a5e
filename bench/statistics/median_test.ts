import { assertEquals, assertThrows } from "@std/assert";
import { median } from "./median.ts";

Deno.test("median() is the middle value, or the mean of the middle two", () => {
  assertEquals([median([3]), median([9, 1, 5]), median([4, 1, 2, 100])], [3, 5, 3]);
});

Deno.test("median() refuses no samples", () => {
  assertThrows(() => median([]), RangeError, "Cannot take the median: there are no samples");
});
