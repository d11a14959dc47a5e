/** What AutoAttack costs, in steps of an attack: one pass forward and back of one image. */

import { type AttackName, planAttacks, type StageOutcome } from "../../attacks/autoattack/mod.ts";
import type { AutoAttackConfig } from "./auto_attack_settings.ts";

/** Of every data set here. */
const CLASSES = 10;
/** A pass forward alone, as part of a step. */
const FORWARD = 1 / 3;

/**
 * Share of the images that a plan takes to withstand every attack. How many do is known only afterwards, and decides:
 * an image that is fooled at once costs hardly anything, one that withstands `standard` 3,900 steps. A tenth is about
 * what a classifier of ten classes keeps that always answers the same.
 */
const WITHSTANDING = 0.1;

/** Steps of one image that withstands an attack, by the attacks in their order. */
export function stepsOf(
  { version, attacks, iterations, queries }: Omit<AutoAttackConfig, "images">,
): Map<AttackName, number> {
  const plan = planAttacks({
    version: version === "custom" ? "standard" : version,
    attacks,
    classes: CLASSES,
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
        return [name, runs * iterations * ((CLASSES - 1) * (1 - FORWARD) + 2 * FORWARD)];
      case "fab-t":
        return [name, runs * iterations * (1 + FORWARD)];
      case "square":
        return [name, queries * FORWARD];
    }
  }));
}

/** Steps that a plan expects, with {@linkcode WITHSTANDING} of the images at full cost and the others at none. */
export function plannedSteps({ images, ...settings }: AutoAttackConfig): number {
  return images * WITHSTANDING * stepsOf(settings).values().reduce((sum, steps) => sum + steps, 0);
}

/** Steps of an evaluation, each attacked image at full cost: what was done at most. */
export function attackedSteps(
  config: AutoAttackConfig,
  outcomes: readonly Pick<StageOutcome, "name" | "attacked">[],
): number {
  const steps = stepsOf(config);
  return outcomes.reduce((sum, { name, attacked }) => sum + attacked * steps.get(name)!, 0);
}
