import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { relativeUsefulness } from "../relative_usefulness.ts";
import { FOUR, makePlantedRun, type PlantedRunOptions } from "../testing_planted.ts";
import { assertChart } from "./_snapshot.ts";
import { relativeBars } from "./relative_bars.ts";

const sets = (options: PlantedRunOptions) =>
  relativeUsefulness(groupOverSeeds(makePlantedRun(options), "train"));

Deno.test("relativeBars() draws paradigms, minimum, mean, seeds and intervals as stored", async () => {
  await assertChart(relativeBars(sets({ paradigms: FOUR })), "relative-bars");
});

Deno.test("relativeBars() of one paradigm and one seed is drawn as stored", async () => {
  await assertChart(relativeBars(sets({ seeds: [0] })), "relative-bars-one");
});

Deno.test("relativeBars() names every value with its interval in its text alternative", () => {
  const alt = relativeBars(sets({ paradigms: FOUR })).match(/aria-label="(Bar chart[^"]*)"/)?.[1] ?? "";
  assertEquals(alt.match(/, (SL|CL|MIM|DM|min|mean) \S+\s% \(/g)?.length ?? alt, 14);
});

Deno.test("relativeBars() writes undefined in place of a bar", () => {
  const [first] = sets({ seeds: [0] });
  const nothing = { seeds: [], mean: null, interval: null, source: null, reasons: ["why"] };
  const svg = relativeBars([{ ...first, paradigms: [{ paradigm: "sl", estimate: nothing }] }]);
  assertStringIncludes(svg, ">undefined</text>");
  assertFalse(svg.includes("<rect "));
});

Deno.test("relativeBars() marks an interval that leaves the frame", () => {
  const [first] = sets({ seeds: [0] });
  const wide = { ...first.paradigms[0].estimate, interval: [-40, 41] as const };
  const svg = relativeBars([{ ...first, paradigms: [{ paradigm: "sl", estimate: wide }] }]);
  assertEquals(svg.match(/rotate\(180\)/g)?.length, 1);
  assertFalse(/"-?\d{5,}/.test(svg));
});
