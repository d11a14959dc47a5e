import { assertEquals, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { makeRecord, makeRun } from "../testing.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";
import type { CellView } from "../../bench/records/network.ts";
import { relativeSection } from "./relative.ts";

const text = (run: ReturnType<typeof makeRun>) =>
  relativeSection(groupOverSeeds(run, "train"))?.text.replaceAll("\u00a0", " ") ?? null;

/** The whole run, with some records changed. */
function changed(change: (record: CellView) => Partial<CellView>) {
  const { records } = makePlantedRun({ paradigms: FOUR, seeds: [0] });
  return makeRun(records.map(({ record }) => ({ ...record, ...change(record) })));
}

Deno.test("relativeSection() gives minimum and mean with their intervals, and no verdict", () => {
  const page = text(makePlantedRun({ paradigms: FOUR }))!;
  assertStringIncludes(page, "over SL, CL, MIM and DM: minimum ");
  assertEquals(page.match(/95 % interval over 3 seeds/g)?.length, 6);
  assertStringIncludes(page, "Meaning of “real” here.");
  assertEquals(/\b(is|are) (not )?real\b/.test(page), false);
});

Deno.test("relativeSection() says that one seed's interval is over test images only", () => {
  assertStringIncludes(
    text(makePlantedRun({ paradigms: FOUR, seeds: [0] }))!,
    "* one seed: over test images only",
  );
});

Deno.test("relativeSection() gives the reason next to every undefined value", () => {
  const page = text(
    changed((record) =>
      record.cell === "mim/natural/seed-0"
        ? { metrics: { ...record.metrics, probeAccuracy: { value: 0.1, unit: "fraction" } } }
        : record.cell === "cl/robust/seed-0"
        ? { status: "failed", metrics: {} }
        : {}
    ),
  )!;
  assertStringIncludes(page, "robust, CL, seed 0: the cell failed");
  assertStringIncludes(
    page,
    "non-robust, MIM, seed 0: natural, 10.0 %, is not above chance, 10.0 %, by more than",
  );
  assertStringIncludes(page, "minimum and mean undefined");
  // Two cells of robust, one of non-robust, and minimum and mean of both.
  assertEquals(page.match(/class="bad">undefined/g)?.length, 7);
});

Deno.test("relativeSection() is absent where no probe was trained or natural is the only set", () => {
  assertEquals(text(makeRun([makeRecord()])), null);
  const { records } = makePlantedRun({ paradigms: FOUR });
  assertEquals(
    text(makeRun(records.map(({ record }) => record).filter(({ featureSet }) => featureSet === "natural"))),
    null,
  );
});
