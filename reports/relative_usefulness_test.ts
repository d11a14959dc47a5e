import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { groupOverSeeds } from "./groups.ts";
import { groupUsefulness, relativeUsefulness } from "./relative_usefulness.ts";
import { type makeRecord, makeRun, makeTrained } from "./testing.ts";
import { FOUR, makePlantedRun } from "./testing_planted.ts";

/** A record whose probe accuracy is `probe`. */
const cell = (name: string, { probe, seed = 0 }: { probe: number; seed?: number }) => {
  const [paradigm, set] = name.split("/");
  const record = makeTrained(set, { paradigm: paradigm as string, seed, clean: 0.5, robust: 0 });
  return {
    ...record,
    metrics: { ...record.metrics, probeAccuracy: { value: probe, unit: "fraction" } },
  };
};
const groupsOf = (records: ReturnType<typeof makeRecord>[]) => groupOverSeeds(makeRun(records), "train");

Deno.test("relativeUsefulness() pairs seeds and paradigms with natural of the same seed and paradigm", () => {
  const [robust] = relativeUsefulness(groupsOf([
    cell("sl/natural", { probe: 0.6 }),
    cell("sl/natural", { probe: 0.7, seed: 1 }),
    cell("sl/robust", { probe: 0.35 }),
    cell("sl/robust", { probe: 0.4, seed: 1 }),
    cell("cl/natural", { probe: 0.3 }),
    cell("cl/natural", { probe: 0.5, seed: 1 }),
    cell("cl/robust", { probe: 0.3 }),
    cell("cl/robust", { probe: 0.2, seed: 1 }),
  ]));
  assertEquals(robust.paradigms.map(({ paradigm }) => paradigm), ["sl", "cl"]);
  assertAlmostEquals(robust.paradigms[0].estimate.mean!, 0.5, 1e-12);
  assertAlmostEquals(robust.paradigms[1].estimate.mean!, (1 + 0.25) / 2, 1e-12);
  // Seed by seed: min(0.5, 1) and min(0.5, 0.25), not the minimum of the paradigms' means.
  assertAlmostEquals(robust.minimum!.mean!, 0.375, 1e-12);
  assertAlmostEquals(robust.mean!.mean!, (0.75 + 0.375) / 2, 1e-12);
  assertEquals(robust.minimum!.source, "seeds");
  // t(0.975, 1) = 12.706, standard error 0.125.
  assertAlmostEquals(robust.minimum!.interval![1], 0.375 + 12.7062 * 0.125, 1e-4);
});

Deno.test("relativeUsefulness() has no minimum over a single paradigm, and no row for natural or adversarial", () => {
  const sets = relativeUsefulness(groupOverSeeds(makePlantedRun(), "train"));
  assertEquals(sets.map(({ set }) => set), ["robust", "non-robust", "D_det", "D_rand"]);
  assertEquals(sets.map(({ minimum, mean }) => minimum ?? mean), [null, null, null, null]);
});

Deno.test("relativeUsefulness() takes minimum and mean over the paradigms that a set was run under", () => {
  const sets = relativeUsefulness(groupOverSeeds(makePlantedRun({ paradigms: FOUR }), "train"));
  assertEquals(sets.map(({ paradigms }) => paradigms.length), [4, 4, 1, 1]);
  const nonRobust = sets[1];
  assertLess(nonRobust.minimum!.mean!, nonRobust.mean!.mean!);
  assertGreater(nonRobust.paradigms[0].estimate.mean!, nonRobust.mean!.mean!);
});

Deno.test("relativeUsefulness() of one seed has an interval from the test images that shrinks with their number", () => {
  const at = (testSize: number | null) => {
    const records = ["sl/natural", "sl/robust", "cl/natural", "cl/robust"].map((name) => ({
      ...cell(name, { probe: name.endsWith("natural") ? 0.6 : 0.35 }),
      config: { dataset: { testSize } },
    }));
    return relativeUsefulness(groupsOf(records))[0];
  };
  const [small, large] = [at(1000), at(10_000)];
  for (const { estimate } of [...small.paradigms, ...large.paradigms]) {
    assertEquals([estimate.source, estimate.mean], ["test images", estimate.seeds[0].value]);
  }
  const width = ({ interval }: { interval: readonly [number, number] | null }) => interval![1] - interval![0];
  // Delta method: relative variance of the ratio is the sum of those of numerator and denominator.
  const sd = (n: number) => 0.5 * Math.sqrt(0.35 * 0.65 / n / 0.25 ** 2 + 0.6 * 0.4 / n / 0.5 ** 2);
  assertAlmostEquals(width(small.paradigms[0].estimate), 2 * 1.96 * sd(1000), 0.006);
  assertAlmostEquals(width(large.paradigms[0].estimate), 2 * 1.96 * sd(10_000), 0.002);
  // The mean of two independent values is surer than either.
  assertAlmostEquals(width(small.mean!), 2 * 1.96 * sd(1000) / Math.SQRT2, 0.006);
  assertEquals(small.minimum!.source, "test images");
  const unknown = at(null);
  assertEquals(unknown.minimum!.interval, null);
  assertAlmostEquals(unknown.minimum!.mean!, 0.5, 1e-12);
  assert(unknown.minimum!.reasons[0].includes("size of the test set is not recorded"));
});

Deno.test("relativeUsefulness() is undefined, with the reason, where natural is not surely above chance", () => {
  // The 95 % sampling error of 0.11 among 1000 images is 1.9 points.
  const [robust] = relativeUsefulness(groupsOf([
    cell("sl/natural", { probe: 0.6 }),
    cell("sl/robust", { probe: 0.3 }),
    cell("cl/natural", { probe: 0.11 }),
    cell("cl/robust", { probe: 0.3 }),
  ]));
  const [sl, cl] = robust.paradigms.map(({ estimate }) => estimate);
  assertEquals([cl.mean, cl.interval, cl.seeds], [null, null, []]);
  assertEquals(cl.reasons.map((reason) => reason.replaceAll("\u00a0", " ")), [
    "CL, seed 0: natural, 11.0 %, is not above chance, 10.0 %, by more than the sampling error of 1000 test images " +
    "(1.9 points)",
  ]);
  assertAlmostEquals(sl.mean!, 0.4, 1e-12);
  assertEquals([robust.minimum!.mean, robust.mean!.mean], [null, null]);
  assertEquals(robust.minimum!.reasons, cl.reasons);
});

Deno.test("relativeUsefulness() leaves a seed out of the minimum where one paradigm has no value", () => {
  const [robust] = relativeUsefulness(groupsOf([
    ...[0, 1].flatMap((seed) => [
      cell("sl/natural", { probe: 0.6, seed }),
      cell("sl/robust", { probe: 0.3, seed }),
      cell("cl/natural", { probe: 0.6, seed }),
    ]),
    cell("cl/robust", { probe: 0.5, seed: 0 }),
    { ...cell("cl/robust", { probe: 0.5, seed: 1 }), status: "failed" as const, metrics: {} },
    cell("sl/robust", { probe: 0.3, seed: 2 }),
    cell("sl/natural", { probe: 0.6, seed: 2 }),
  ]));
  assertEquals(robust.minimum!.seeds.map(({ seed }) => seed), [0]);
  assertEquals(robust.minimum!.reasons, [
    "CL, seed 1: the cell failed",
    "seed 2: only 1 of 2 paradigms have a cell",
  ]);
});

Deno.test("groupUsefulness() of natural is exactly 1", () => {
  const groups = groupsOf([cell("sl/natural", { probe: 0.6 }), cell("sl/natural", { probe: 0.63, seed: 1 })]);
  assertEquals(groupUsefulness(groups[0], groups).mean, 1);
});
