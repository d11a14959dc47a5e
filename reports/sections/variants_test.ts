import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import { makeTrained } from "../testing.ts";
import { variantsTable } from "./variants.ts";

interface Element {
  querySelectorAll(selector: string): Iterable<Element>;
  readonly textContent: string;
}

Deno.test("variantsTable() is a folded table with a row per operation, and every variant used", () => {
  const { document } = parseHTML(
    variantsTable([
      { variants: { "matmul 8x8": "4x8", "conv2d 1x2": "1x8x8" } },
      { variants: { "conv2d 1x2": "1x16x8" } },
      { variants: {} },
    ])?.text ?? "",
  ) as unknown as { document: Element };
  const rows = [...document.querySelectorAll("details tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)
  );
  assertEquals(rows, [
    ["Operation", "Variant"],
    ["conv2d 1x2", "1x16x8; 1x8x8"],
    ["matmul 8x8", "4x8"],
  ]);
});

Deno.test("variantsTable() shows names as text, and nothing if no operation has variants", () => {
  assertEquals(
    variantsTable([{ variants: {} }, makeTrained("natural", { seed: 0, clean: 1, robust: 1 })]),
    null,
  );
  assertStringIncludes(variantsTable([{ variants: { "<b>": "x" } }])!.text, "&lt;b&gt;");
});
