import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attackedSteps, plannedSteps, stepsOf } from "./auto_attack_cost.ts";
import type { AttackName } from "../../attacks/autoattack/mod.ts";
import type { AutoAttackConfig } from "./auto_attack_settings.ts";

const STANDARD: AutoAttackConfig = {
  version: "standard",
  images: 50,
  attacks: ["apgd-ce", "apgd-t", "fab-t", "square"],
  iterations: 100,
  queries: 5000,
};

Deno.test("stepsOf() counts passes as the protocol makes them, a pass forward as a third", () => {
  const cost = (name: AttackName, own: Partial<AutoAttackConfig> = {}) =>
    stepsOf({ ...STANDARD, attacks: [name], ...own }, 10).get(name)!;
  assertEquals([cost("apgd-ce"), cost("apgd-t"), cost("apgd-ce", { iterations: 7 })], [100, 900, 7]);
  assertAlmostEquals(cost("fab-t"), 900 * 4 / 3);
  assertAlmostEquals(cost("square", { queries: 300 }), 100);
  assertEquals([cost("apgd-ce", { version: "plus" }), cost("apgd-dlr", { version: "rand" })], [500, 2000]);
});

Deno.test("plannedSteps() expects a tenth of the images to be robust", () => {
  assertAlmostEquals(plannedSteps(STANDARD, 10), 5 * (100 + 900 + 1200 + 5000 / 3));
});

Deno.test("attackedSteps() counts the images that each attack was run on", () => {
  const outcomes = [{ name: "apgd-ce", attacked: 30 }, { name: "apgd-t", attacked: 2 }] as const;
  assertEquals(attackedSteps(STANDARD, outcomes, 10), 30 * 100 + 2 * 900);
  assertEquals(attackedSteps(STANDARD, [], 10), 0);
});
