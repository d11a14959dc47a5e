import { assertEquals } from "@std/assert";
import { TEXTURE_ROW, textureRows } from "./texture_layout.ts";

Deno.test("textureRows() hold all bytes and are at least one", () => {
  assertEquals([0, 16, TEXTURE_ROW * 16, TEXTURE_ROW * 16 + 16].map(textureRows), [1, 1, 1, 2]);
});
