import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { positionEmbedding } from "./position_embedding.ts";

Deno.test("positionEmbedding() has columns in its first half and rows in its second", () => {
  const { shape, initial } = positionEmbedding("positions", { rows: 2, columns: 3, dim: 8 });
  assertEquals(shape, [6, 8]);
  const expected = [2, 0.02, 1, 0.01].map(Math.sin);
  // The last patch: column 2, row 1; frequencies 1 and 0.01.
  const last = initial.slice(40);
  [0, 1, 4, 5].forEach((at, i) => assertAlmostEquals(last[at], expected[i], 1e-7));
  [2, 0.02, 1, 0.01].forEach((v, i) => assertAlmostEquals(last[[2, 3, 6, 7][i]], Math.cos(v), 1e-7));
});

Deno.test("positionEmbedding() refuses a dimension that is not a multiple of 4", () => {
  const error = assertThrows(
    () => positionEmbedding("positions", { rows: 1, columns: 1, dim: 6 }),
    RangeError,
  );
  assertEquals(error.message, "Cannot embed positions: the dimension must be a multiple of 4, got 6");
});
