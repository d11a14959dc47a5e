import { assertEquals } from "@std/assert";
import { convSizes } from "./conv2d_sizes.ts";
import { forwardTiles, gradInputTiles, gradWeightsTiles } from "./conv2d_tiles.ts";

Deno.test("forwardTiles() offers no tile of more than the image", () => {
  const sizes = convSizes([8, 1, 1, 64], [64, 1, 1, 64], { stride: 1, padding: 0 });
  assertEquals(forwardTiles(sizes), [{ name: "1x1x8", rows: 1, columns: 1, outputs: 8 }]);
  assertEquals(gradInputTiles(sizes), forwardTiles(sizes));
});

Deno.test("gradWeightsTiles() offers tiles with different names", () => {
  const names = gradWeightsTiles(convSizes([8, 4, 4, 64], [64, 3, 3, 64], { stride: 1, padding: 1 }))
    .map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});
