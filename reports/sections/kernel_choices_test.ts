import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import { makeTrained } from "../testing.ts";
import { kernelChoices } from "./kernel_choices.ts";

interface Element {
  querySelectorAll(selector: string): Iterable<Element>;
  readonly textContent: string;
}

Deno.test("kernelChoices() is a folded table with a row per operation, and every way that was taken", () => {
  const { document } = parseHTML(
    kernelChoices([
      { kernelChoices: { "matmul 8x8": "4x8", "conv2d 1x2": "1x8x8" } },
      { kernelChoices: { "conv2d 1x2": "1x16x8" } },
      { kernelChoices: undefined },
    ])?.text ?? "",
  ) as unknown as { document: Element };
  const rows = [...document.querySelectorAll("details tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)
  );
  assertEquals(rows, [
    ["Operation", "Way"],
    ["conv2d 1x2", "1x16x8; 1x8x8"],
    ["matmul 8x8", "4x8"],
  ]);
});

Deno.test("kernelChoices() shows names as text, and nothing where no operation had a choice", () => {
  assertEquals(
    kernelChoices([{ kernelChoices: {} }, makeTrained("natural", { seed: 0, clean: 1, robust: 1 })]),
    null,
  );
  assertStringIncludes(kernelChoices([{ kernelChoices: { "<b>": "x" } }])!.text, "&lt;b&gt;");
});
