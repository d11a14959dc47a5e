import { assert, assertEquals } from "@std/assert";
import { parseHTML } from "linkedom";
import { groupOverSeeds } from "../groups.ts";
import { makeRun, makeTrained } from "../testing.ts";
import { cascadeTable } from "./cascade_table.ts";

const cellsOf = (...records: Parameters<typeof makeRun>[0]) => {
  const table = cascadeTable(groupOverSeeds(makeRun(records), "train"));
  if (table === null) return null;
  const { document } = parseHTML(String(table)) as unknown as {
    document: { querySelectorAll(selector: string): Iterable<Row> };
  };
  return [...document.querySelectorAll("tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map(({ textContent }) => textContent.replaceAll("\u00a0", " "))
  );
};

interface Row {
  querySelectorAll(selector: string): Iterable<{ readonly textContent: string }>;
}

Deno.test("cascadeTable() says what each attack left, with clean accuracy, PGD and time", () => {
  const cells = cellsOf(
    makeTrained("natural", { seed: 0, clean: 0.6, robust: 0.05, auto: 0.01 }),
    makeTrained("natural", { seed: 1, clean: 0.6, robust: 0.05, auto: 0.03 }),
    makeTrained("robust", { seed: 0, clean: 0.4, robust: 0.1 }),
  );
  assertEquals(cells, [
    ["Trained on", "Clean", "PGD", "apgd-ce", "apgd-t", "fab-t", "square", "Time"],
    [
      "natural",
      "62.0 ± 0.0 %",
      "5.0 ± 1.4 %",
      "4.0 ± 1.4 %",
      "3.0 ± 1.4 %",
      "2.0 ± 1.4 %",
      "2.0 ± 1.4 %",
      "4.5 s",
    ],
  ]);
});

Deno.test("cascadeTable() carries on what an attack left where nothing was left to attack", () => {
  const record = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0, auto: 0 });
  const autoAttackAccuracy = { value: 0, unit: "fraction", samples: [0.01, 0] };
  const cells = cellsOf({ ...record, metrics: { ...record.metrics, autoAttackAccuracy } });
  assert(cells !== null);
  assertEquals(cells[1].slice(3, 7), ["1.0 %", "0.0 %", "0.0 %", "0.0 %"]);
});

Deno.test("cascadeTable() is absent where AutoAttack was not run", () => {
  assertEquals(cellsOf(makeTrained("natural", { seed: 0, clean: 0.6, robust: 0.05 })), null);
});
