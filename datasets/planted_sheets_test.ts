import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { writePlantedSheets } from "./planted_sheets.ts";

Deno.test("writePlantedSheets() writes PNG files that depend on the seed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [a, b] = [
      await writePlantedSheets({ out: join(folder, "a") }),
      await writePlantedSheets({ out: join(folder, "b"), seed: 1 }),
    ];
    assertEquals(a.length, 5);
    for (const [i, path] of a.entries()) {
      const [first, second] = [await Deno.readFile(path), await Deno.readFile(b[i])];
      assertEquals([...first.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
      assertEquals(first.length === second.length && first.every((byte, k) => byte === second[k]), false);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
