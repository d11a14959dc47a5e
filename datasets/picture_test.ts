import { assertEquals } from "@std/assert";
import { picturesOf } from "./picture.ts";

Deno.test("picturesOf() takes a batch apart, image by image", () => {
  const batch = Float32Array.from({ length: 2 * 1 * 2 * 3 }, (_, i) => i);
  const pictures = picturesOf(batch, { height: 1, width: 2 });
  assertEquals(pictures.map(({ pixels }) => [...pixels]), [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]);
  assertEquals(pictures.every(({ height, width }) => height === 1 && width === 2), true);
  assertEquals(picturesOf(new Float32Array(0), { height: 1, width: 2 }), []);
});
