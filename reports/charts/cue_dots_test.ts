import { assertEquals, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";
import { assertChart } from "./_snapshot.ts";
import { cueDots, type CueRow } from "./cue_dots.ts";
import { chartRows } from "./rows.ts";

function rows(paradigms = FOUR.slice(0, 1)): CueRow[] {
  const groups = groupOverSeeds(makePlantedRun({ seeds: [0, 1], paradigms }), "train");
  return [
    ...chartRows(groups, "robustCueAccuracy").map((row) => ({ ...row, cue: "robust cue only" as const })),
    ...chartRows(groups, "nonRobustCueAccuracy").map((row) => ({
      ...row,
      cue: "non-robust cue only" as const,
    })),
  ];
}

Deno.test("cueDots() draws both cues of every feature set as stored", async () => {
  await assertChart(cueDots(rows(), { chance: 0.1 }), "cue-dots");
});

Deno.test("cueDots() draws every paradigm under its name as stored", async () => {
  await assertChart(cueDots(rows([...FOUR]), { chance: 0.1 }), "cue-dots-paradigms");
});

Deno.test("cueDots() names every value in its text alternative", () => {
  const alt = cueDots(rows(), { chance: 0.1 }).match(/aria-label="(Dot chart[^"]*)"/)?.[1] ?? "";
  assertEquals(alt.match(/robust cue only \d+\.\d/g)?.length, 12);
  assertStringIncludes(alt, "chance 10.0");
});
