/** What AutoAttack costs, in steps of an attack: one pass forward and back of one image. */

import { type AttackName, planAttacks, type StageOutcome } from "../../attacks/autoattack/mod.ts";
import type { AutoAttackConfig } from "./auto_attack_settings.ts";

/** A pass forward alone, as part of a step. */
const FORWARD = 1 / 3;

/**
 * Share of the images that a plan expects to stay robust under every attack. The true share is known only afterwards, and
 * decides the cost: an image that is misclassified at once costs hardly anything, a robust one 3,900 steps of `standard`.
 * A tenth is about what a classifier of ten classes keeps that always gives the same answer.
 */
const ROBUST_SHARE = 0.1;

/** Steps of one robust image, by the attacks in their order. */
export function stepsOf(
  { version, attacks, iterations, queries }: Omit<AutoAttackConfig, "images">,
  classes: number,
): Map<AttackName, number> {
  const plan = planAttacks({
    version: version === "custom" ? "standard" : version,
    attacks,
    classes,
  });
  return new Map(plan.map(({ name, restarts, targets, eotSamples }) => {
    const runs = restarts * targets;
    switch (name) {
      case "apgd-ce":
      case "apgd-dlr":
      case "apgd-t":
        return [name, runs * eotSamples * iterations];
      case "fab":
        // A pass forward, one back for each other class, and one forward to judge.
        return [name, runs * iterations * ((classes - 1) * (1 - FORWARD) + 2 * FORWARD)];
      case "fab-t":
        return [name, runs * iterations * (1 + FORWARD)];
      case "square":
        return [name, queries * FORWARD];
    }
  }));
}

/** Steps that a plan expects, with {@linkcode ROBUST_SHARE} of the images at full cost and the others at none. */
export function plannedSteps({ images, ...settings }: AutoAttackConfig, classes: number): number {
  return images * ROBUST_SHARE * stepsOf(settings, classes).values().reduce((sum, steps) => sum + steps, 0);
}

/** Steps of an evaluation, each attacked image at full cost: an upper bound. */
export function attackedSteps(
  config: AutoAttackConfig,
  outcomes: readonly Pick<StageOutcome, "name" | "attacked">[],
  classes: number,
): number {
  const steps = stepsOf(config, classes);
  return outcomes.reduce((sum, { name, attacked }) => sum + attacked * steps.get(name)!, 0);
}
