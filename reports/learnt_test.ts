import { assertAlmostEquals, assertEquals } from "@std/assert";
import { groupOverSeeds } from "./groups.ts";
import { learntFromNatural } from "./learnt.ts";
import { FOUR, makePlantedRun } from "./testing_planted.ts";
import type { LoadedRun } from "./types.ts";

const learnt = (run: LoadedRun) => learntFromNatural(groupOverSeeds(run, "train"));

/** The same run, each encoder as good as an untrained one but for so much. */
function barelyTrained(run: LoadedRun, more: number): LoadedRun {
  const records = run.records.map(({ record, ...rest }) => {
    const untrained = record.metrics.untrainedProbeAccuracy;
    if (untrained === undefined) return { record, ...rest };
    const metrics = { ...record.metrics, probeAccuracy: { ...untrained, value: untrained.value + more } };
    return { record: { ...record, metrics }, ...rest };
  });
  return { ...run, records };
}

Deno.test("learntFromNatural() compares trained and untrained encoders, paradigm by paradigm", () => {
  const found = learnt(makePlantedRun({ paradigms: FOUR }));
  assertEquals(found.map(({ paradigm, clear }) => [paradigm, clear]), FOUR.map((name) => [name, true]));
  assertEquals(found.every(({ trained, untrained }) => trained > untrained + 0.1), true);
});

Deno.test("learntFromNatural() calls a difference clear only beyond what test images bring", () => {
  const run = makePlantedRun({ paradigms: ["dm"], seeds: [0] });
  for (const [more, clear] of [[0, false], [0.01, false], [0.2, true], [-0.2, false]] as const) {
    const [{ trained, untrained, ...found }] = learnt(barelyTrained(run, more));
    assertEquals(found.clear, clear, `${more}`);
    assertAlmostEquals(trained - untrained, more);
  }
});

Deno.test("learntFromNatural() leaves out what has no untrained encoder to compare with", () => {
  const { records, ...run } = makePlantedRun();
  const without = records.map(({ record, ...rest }) => {
    const { untrainedProbeAccuracy: _, ...metrics } = record.metrics;
    return { record: { ...record, metrics }, ...rest };
  });
  assertEquals(learnt({ ...run, records: without }), []);
});
