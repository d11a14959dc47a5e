import { assertEquals, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { makeRecord, makeRun } from "../testing.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";
import { curvesSection } from "./curves.ts";

const section = (run: ReturnType<typeof makeRun>) =>
  curvesSection(groupOverSeeds(run, "train"))?.text ?? null;

Deno.test("curvesSection() has a chart and a table per paradigm, a line per set and seed", () => {
  const text = section(makePlantedRun({ paradigms: FOUR, seeds: [0, 1] }))!;
  assertEquals(text.match(/role="img"/g)?.length, 4);
  assertEquals(text.match(/<tbody>/g)?.length, 4);
  // Six sets under SL and three under each of the others, two seeds.
  assertEquals(text.match(/<th scope="row">/g)?.length, 2 * (6 + 3 * 3));
  assertStringIncludes(text, 'download="probe-curves-MIM.csv"');
});

Deno.test("curvesSection() is absent where no cell recorded a curve", () => {
  assertEquals(section(makeRun([makeRecord()])), null);
});
