import { assert, assertEquals } from "@std/assert";
import { tiling } from "./tiling.ts";

Deno.test("tiling() is that of AutoAttack on 32x32", () => {
  assertEquals(tiling(32, 32), { side: 6, down: 5, across: 5, top: 1, left: 1 });
});

Deno.test("tiling() fits small and long images and leaves no room for another tile", () => {
  for (const [height, width] of [[8, 8], [1, 1], [3, 40], [14, 11], [224, 224]]) {
    const { side, down, across, top, left } = tiling(height, width);
    assert(side >= 1 && down >= 1 && across >= 1);
    for (const [size, count, from] of [[height, down, top], [width, across, left]]) {
      const after = size - from - count * side;
      assert(from >= 0 && after >= from && after - from <= 1 && from + after < side, `${height}x${width}`);
    }
  }
});
