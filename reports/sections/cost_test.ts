import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { makeRecord, makeRun, makeTrained } from "../testing.ts";
import type { LoadedRecord } from "../types.ts";
import { costSection } from "./cost.ts";

const section = (records: ReturnType<typeof makeRecord>[]) =>
  costSection(groupOverSeeds(makeRun(records), "train"))?.text ?? null;

Deno.test("costSection() gives time, speed, operations and the largest memory of each cell", () => {
  const record = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 });
  const larger = {
    ...record,
    cell: "sl/natural/seed-1",
    seed: 1,
    metrics: { ...record.metrics, peakBytes: { value: 64 * 2 ** 20, unit: "bytes" } },
  };
  const text = section([record, larger])!;
  for (const part of ["SL, natural", "1 min 02 s", "312 ± 0", "3200 ± 0", "64 MiB"]) {
    assertStringIncludes(text, part);
  }
});

Deno.test("costSection() says how many cells ran at once", () => {
  const record = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 });
  assertStringIncludes(section([record])!, "on the machine below, which worked on one cell at a time.");
  const resumed = [{ ...record, jobs: 2 }, { ...record, seed: 1, cell: "sl/natural/seed-1" }];
  assertStringIncludes(section(resumed)!, "which worked on up to 1 or 2 cells at once.");
});

Deno.test("costSection() says which cells were reused from other runs, where any were", () => {
  const record = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 });
  const loaded = { record, path: "records/a.json", parts: ["sl/natural/seed-0/attack"] };
  const of = (one: LoadedRecord) =>
    costSection(groupOverSeeds({ ...makeRun([]), records: [one] }, "train"))!.text;
  assert(!of(loaded).includes("taken over"));
  assertStringIncludes(
    of({ ...loaded, reusedFrom: { "sl/natural/seed-0": "quick-1" } }),
    "natural<small>1 of 2 cells reused, times too, from quick-1</small></th>",
  );
});

Deno.test("costSection() says not measured where a record lacks a number, and is absent without records", () => {
  assertEquals(section([makeRecord()])!.match(/not measured/g)?.length, 3);
  assertEquals(section([makeRecord({ status: "failed", reason: "x" })]), null);
});
