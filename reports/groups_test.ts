import { assertEquals } from "@std/assert";
import { attackOf, groupOverSeeds, metricSpread, nameWithoutSeed, seedsOf } from "./groups.ts";
import { makeRecord, makeRun, makeTrained } from "./testing.ts";
import { makePlantedRun } from "./testing_planted.ts";

Deno.test("groupOverSeeds() orders feature sets and gathers seeds", () => {
  const groups = groupOverSeeds(makePlantedRun(), "train");
  assertEquals(groups.map((g) => g.set), [
    "natural",
    "robust",
    "non-robust",
    "D_det",
    "D_rand",
    "adversarial",
  ]);
  assertEquals(groups.map((g) => g.done.map(({ record }) => record.seed)), groups.map(() => [0, 1, 2]));
  assertEquals(seedsOf(groups), [0, 1, 2]);
});

Deno.test("groupOverSeeds() keeps apart cells of one set that differ in more than the seed", () => {
  const a = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0 });
  const groups = groupOverSeeds(makeRun([a, { ...a, cell: "sl/natural-wide/seed-0" }]), "train");
  assertEquals(groups.map((g) => g.label), ["natural (sl/natural)", "natural (sl/natural-wide)"]);
});

Deno.test("groupOverSeeds() puts failed and skipped records aside", () => {
  const run = makeRun([
    makeTrained("robust", { seed: 0, clean: 0.4, robust: 0.1 }),
    makeRecord({ cell: "sl/robust/seed-1", seed: 1, featureSet: "robust", status: "failed" }),
  ]);
  const [group] = groupOverSeeds(run, "train");
  assertEquals([group.done.length, group.unfinished.length], [1, 1]);
  assertEquals(metricSpread(group, "cleanAccuracy"), {
    n: 1,
    mean: 0.4,
    sd: null,
    interval: null,
    statistic: "value of 1 seed, no interval",
  });
});

Deno.test("nameWithoutSeed() drops the seed wherever it stands", () => {
  assertEquals(["sl/natural/seed-3", "seed-3/sl/natural", "sl/seeds"].map(nameWithoutSeed), [
    "sl/natural",
    "sl/natural",
    "sl/seeds",
  ]);
});

Deno.test("attackOf() names norm, eps, steps and restarts", () => {
  const loaded = (config: Record<string, unknown>) => ({ record: makeRecord({ config }), path: "" });
  const attack = { norm: "Linf", eps: 8 / 255, epsLabel: "8/255", steps: 1, restarts: 5 };
  assertEquals(
    attackOf(loaded({ evaluation: { attack } }))?.label,
    "PGD, Linf, eps 8/255, 1 step, 5 restarts",
  );
  assertEquals(attackOf(loaded({ evaluation: {} })), null);
  assertEquals(attackOf(loaded({})), null);
});
