import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { canonicalJson } from "./canonical_json.ts";

Deno.test("canonicalJson() does not depend on the order of keys, but on that of lists", () => {
  assertEquals(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }), '{"a":null,"b":[{"c":2,"d":1}]}');
  assertNotEquals(canonicalJson([1, 2]), canonicalJson([2, 1]));
});

Deno.test("canonicalJson() refuses numbers that JSON cannot hold", () => {
  assertThrows(() => canonicalJson({ loss: NaN }), RangeError, "loss is not a finite number, NaN");
});
