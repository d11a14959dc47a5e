import { assertEquals, assertThrows } from "@std/assert";
import {
  broadcastShapes,
  byteSize,
  f32,
  padRows,
  rowCount,
  sizeOf,
  u32,
  unpadRows,
  vec4Count,
} from "./shape.ts";

Deno.test("broadcastShapes() aligns at the innermost end and stretches ones either way", () => {
  assertEquals(broadcastShapes([4, 3, 5], [5]), [4, 3, 5]);
  assertEquals(broadcastShapes([4, 1], [3, 1, 6]), [3, 4, 6]);
  assertEquals(broadcastShapes([], [2, 3]), [2, 3]);
  assertEquals(broadcastShapes([], []), []);
  assertEquals(broadcastShapes([0, 3], [1, 3]), [0, 3]);
});

Deno.test("broadcastShapes() names both shapes if a dimension differs", () => {
  const error = assertThrows(() => broadcastShapes([4, 3, 5], [4, 5]), RangeError);
  assertEquals(error.message, "Cannot broadcast shapes: dimension 1 differs, [4, 3, 5] and [4, 5]");
});

Deno.test("padRows() rounds every row up to four values and leaves zeros behind it", () => {
  const padded = padRows(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], new Float32Array(8));
  assertEquals(padded, Float32Array.of(1, 2, 3, 0, 4, 5, 6, 0));
});

Deno.test("unpadRows() undoes padRows() for every width of the innermost dimension", () => {
  for (let width = 1; width <= 9; width++) {
    const shape = [2, 3, width];
    const data = Uint32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1);
    const padded = padRows(data, shape, new Uint32Array(vec4Count(shape) * 4));
    assertEquals(unpadRows(padded, shape, new Uint32Array(data.length)), data, `width ${width}`);
  }
});

Deno.test("unpadRows() reads no more than the shape from a larger buffer", () => {
  assertEquals(unpadRows(Float32Array.of(1, 2, 3, 4, 9, 9, 9, 9), [1, 4], new Float32Array(4)).length, 4);
});

Deno.test("byteSize() counts padding, and 16 bytes where there is nothing", () => {
  assertEquals(byteSize(f32()), 16);
  assertEquals(byteSize(u32(5)), 32);
  assertEquals(byteSize(f32(7, 4)), 7 * 16);
  assertEquals(byteSize(f32(0, 3)), 16);
});

Deno.test("rowCount() of a scalar and of a vector is 1", () => {
  assertEquals([rowCount([]), rowCount([5]), rowCount([2, 3, 5])], [1, 1, 6]);
});
