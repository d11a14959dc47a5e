import { assert, assertEquals } from "@std/assert";
import { VARIANT_OPS, variantNames } from "./known_variants.ts";
import { PROJECT_ROOT } from "../record/env.ts";

Deno.test("VARIANT_OPS lists every operation of the engine that has choices", async () => {
  const folder = new URL("engine/ops/", PROJECT_ROOT);
  const found = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || /_test(ing)?\.ts$/.test(name)) continue;
    const exports: Record<string, unknown> = await import(new URL(name, folder).href);
    for (const value of Object.values(exports)) {
      if (isChoosing(value)) found.add(value.name);
    }
  }
  assertEquals(VARIANT_OPS.map(({ name }) => name).sort(), [...found].sort());
});

Deno.test("variantNames() lists at least two ways for each operation, and none for others", () => {
  for (const { name } of VARIANT_OPS) assert(variantNames(name).length > 1, name);
  assertEquals(variantNames("relu"), []);
});

function isChoosing(value: unknown): value is { name: string } {
  return typeof value === "object" && value !== null && "variants" in value && "lower" in value;
}
