import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { makeRecord, makeRun, makeTrained } from "../testing.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";
import { assertChart } from "./_snapshot.ts";
import { wrapLabel } from "./_row_scale.ts";
import { accuracyBars } from "./accuracy_bars.ts";
import { chartRows } from "./rows.ts";

const MEASURE = { measure: "Clean test accuracy, %", chance: 0.1 };

Deno.test("accuracyBars() draws bars, seeds, intervals and chance as stored", async () => {
  const rows = chartRows(groupOverSeeds(makePlantedRun(), "train"), "cleanAccuracy");
  await assertChart(accuracyBars(rows, MEASURE), "accuracy-bars");
});

Deno.test("accuracyBars() draws every paradigm under its name, with the sets that it has, as stored", async () => {
  const groups = groupOverSeeds(makePlantedRun({ seeds: [0], paradigms: FOUR }), "train");
  await assertChart(accuracyBars(chartRows(groups, "cleanAccuracy"), MEASURE), "accuracy-bars-paradigms");
});

Deno.test("accuracyBars() shows a failed group as failed, without a bar at zero", () => {
  const natural = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 });
  const failed = makeRecord({
    cell: "sl/robust/seed-0",
    featureSet: "robust",
    status: "failed",
    reason: "NaN",
  });
  const rows = chartRows(groupOverSeeds(makeRun([natural, failed]), "train"), "cleanAccuracy");
  const svg = accuracyBars(rows, MEASURE);
  assertStringIncludes(svg, ">failed</text>");
  assertEquals(svg.match(/<rect /g)?.length, 1);
  assertStringIncludes(svg, "robust failed");
});

Deno.test("accuracyBars() takes its colours from the page and its size from the container", () => {
  const svg = accuracyBars(chartRows(groupOverSeeds(makePlantedRun(), "train"), "cleanAccuracy"), MEASURE);
  const colors = [...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color);
  assert(colors.length > 0);
  assertEquals(colors.filter((color) => !/^(none|currentColor|var\(--[a-z-]+\))$/.test(color)), []);
  assertFalse(/<svg[^>]* (width|height)=/.test(svg));
  assertStringIncludes(svg, 'role="img"');
});

Deno.test("accuracyBars() escapes labels that come from records", () => {
  const record = {
    ...makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 }),
    featureSet: `<b onload="x">&'`,
  };
  const svg = accuracyBars(chartRows(groupOverSeeds(makeRun([record]), "train"), "cleanAccuracy"), MEASURE);
  assertFalse(svg.includes("<b "));
  assertStringIncludes(svg, "&lt;b onload=&quot;x&quot;&gt;&amp;&#39; 60.0");
});

Deno.test("wrapLabel() breaks long labels into two lines", () => {
  assertEquals(wrapLabel("natural, adversarially trained"), "natural,\nadv. trained");
  assertEquals(wrapLabel("D_det"), "D_det");
});
