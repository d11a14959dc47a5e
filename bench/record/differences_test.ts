import { assertEquals } from "@std/assert";
import { differences } from "./differences.ts";

Deno.test("differences() names every field that differs, is missing or is new, whatever the order of keys", () => {
  const found = { a: 1, b: { c: [1, 2], d: null }, gone: true };
  const expected = { b: { d: null, c: [1, 3] }, a: 1, e: "x" };
  assertEquals(differences("top", { found, expected }), [
    "top.b.c: found [1,2], expected [1,3]",
    'top.e: found nothing, expected "x"',
    "top.gone: found true, expected nothing",
  ]);
  assertEquals(differences("", { found, expected: { ...found } }), []);
  assertEquals(differences("x", { found: null, expected: {} }), ["x: found null, expected {}"]);
});
