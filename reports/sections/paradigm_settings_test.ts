import { assertEquals } from "@std/assert";
import { parseHTML } from "linkedom";
import { makeRun, makeTrained } from "../testing.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";
import { paradigmSettings } from "./paradigm_settings.ts";

interface Element {
  querySelectorAll(selector: string): Iterable<Element>;
  readonly textContent: string;
}

function table(run: ReturnType<typeof makeRun>): string[][] {
  const { document } = parseHTML(paradigmSettings(run)?.text ?? "") as unknown as { document: Element };
  return [...document.querySelectorAll("tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)
  );
}

Deno.test("paradigmSettings() has a column per paradigm and a row per setting", () => {
  const rows = table(makePlantedRun({ paradigms: FOUR }));
  assertEquals(rows[0], ["Setting", "SL", "CL", "MIM", "DM"]);
  assertEquals(rows.find(([key]) => key === "paradigm.maskRatio"), [
    "paradigm.maskRatio",
    "–",
    "–",
    "0.75",
    "–",
  ]);
  assertEquals(rows.at(-1), ["probe.data", "same", "same", "same", "same"]);
});

Deno.test("paradigmSettings() shows several values where cells differ, and labels in place of numbers", () => {
  const record = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 });
  const of = (lr: number, name: string) => ({
    ...record,
    cell: name,
    config: { training: { lr, noise: 8 / 255, noiseLabel: "8/255" } },
  });
  assertEquals(table(makeRun([of(0.1, "sl/natural/seed-0"), of(0.2, "sl/robust/seed-0")])), [
    ["Setting", "SL"],
    ["training.lr", "0.1; 0.2"],
    ["training.noise", "8/255"],
  ]);
});

Deno.test("paradigmSettings() leaves out encoders trained adversarially", () => {
  assertEquals(table(makeRun([makeTrained("adversarial", { seed: 0, clean: 0.3, robust: 0.2 })])), []);
});
