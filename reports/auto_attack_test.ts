import { assertEquals } from "@std/assert";
import { autoAttackLabels, autoAttackOf } from "./auto_attack.ts";
import { groupOverSeeds } from "./groups.ts";
import { AUTO_ATTACK, makeRecord, makeRun, makeTrained } from "./testing.ts";

const of = (evaluation: Record<string, unknown>) =>
  autoAttackOf({ record: makeRecord({ config: { evaluation } }), path: "" });
const attack = { norm: "Linf", eps: 8 / 255, epsLabel: "8/255" };

Deno.test("autoAttackOf() names a version, the threat model and the images", () => {
  assertEquals(of({ attack, autoAttack: AUTO_ATTACK }), {
    label: "AutoAttack standard, Linf, eps 8/255",
    images: "first 128 test images",
    n: 128,
  });
});

Deno.test("autoAttackOf() never gives settings of one's own the name of a version", () => {
  const own = {
    ...AUTO_ATTACK,
    version: "custom",
    attacks: ["apgd-ce", "square"],
    iterations: 1,
    queries: 9,
  };
  assertEquals(
    of({ attack, autoAttack: own })?.label,
    "AutoAttack, non-standard settings (apgd-ce + square, 1 iteration, 9 queries), Linf, eps 8/255",
  );
  assertEquals(
    of({ attack, autoAttack: { ...own, attacks: ["apgd-t"], images: 1 } }),
    {
      label: "AutoAttack, non-standard settings (apgd-t, 1 iteration), Linf, eps 8/255",
      images: "first 1 test image",
      n: 1,
    },
  );
});

Deno.test("autoAttackOf() is null where AutoAttack was not run, as in records of earlier versions", () => {
  assertEquals([of({ attack }), of({ attack, autoAttack: null }), of({})], [null, null, null]);
  assertEquals(autoAttackOf({ record: makeRecord({ config: {} }), path: "" }), null);
});

Deno.test("autoAttackLabels() lists settings once", () => {
  const trained = (seed: number, auto?: number) =>
    makeTrained("natural", { seed, clean: 0.5, robust: 0.1, ...(auto !== undefined && { auto }) });
  const labels = (...records: Parameters<typeof makeRun>[0]) =>
    autoAttackLabels(groupOverSeeds(makeRun(records), "train"));
  assertEquals(labels(trained(0, 0.01), trained(1, 0.02)), [
    "AutoAttack standard, L2, eps 0.25; first 128 test images",
  ]);
  assertEquals(labels(trained(0)), []);
});
