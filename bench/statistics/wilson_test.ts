import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { wilson } from "./wilson.ts";

Deno.test("wilson() agrees with published intervals", () => {
  // Newcombe 1998, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3.
  const table: [number, number, number, number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [hits, count, low, high] of table) {
    const found = wilson(hits, count);
    assertAlmostEquals(found[0], low, 5e-5);
    assertAlmostEquals(found[1], high, 5e-5);
  }
});

Deno.test("wilson() mirrors, stays within [0, 1] and holds the share", () => {
  for (const [hits, count] of [[0, 1], [1, 1], [20, 128], [999, 1000], [1000, 1000]]) {
    const [low, high] = wilson(hits, count), mirrored = wilson(count - hits, count);
    assertAlmostEquals(low, 1 - mirrored[1], 1e-12);
    assert(low >= 0 && low <= hits / count && hits / count <= high && high <= 1);
  }
  assertEquals(wilson(5, 5)[1], 1);
});

Deno.test("wilson() refuses impossible counts", () => {
  for (const [hits, count] of [[0, 0], [2, 1], [-1, 3], [NaN, 3]]) {
    assertThrows(() => wilson(hits, count), RangeError, "Cannot make an interval");
  }
});
