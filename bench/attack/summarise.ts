/** Turns outcomes of single images into the numbers of a record, and checks them. */

import type { AutoAttackResult } from "../../attacks/autoattack/types.ts";
import { distanceSlack } from "../../attacks/autoattack/safety.ts";
import type { CellRecord } from "../records/mod.ts";
import type { EvaluationRecord } from "../records/attack_record.ts";
import { wilson } from "../statistics/wilson.ts";

/** The radii of an evaluation. */
export interface Radii {
  readonly norm: "Linf" | "L2";
  readonly eps: number;
  /** Of the APGD attacks. */
  readonly apgdEps: number;
  /** Description of the evaluation. */
  readonly description: string;
}

/** The numbers of an evaluation. */
export function summarise(result: AutoAttackResult, { eps, apgdEps, description }: Radii): EvaluationRecord {
  const { clean, robust, attacks, safety, warnings, seconds } = result;
  const share = (bits: Uint8Array) => count(bits) / bits.length;
  return {
    description,
    eps,
    apgdEps,
    cleanAccuracy: share(clean),
    robustAccuracy: share(robust),
    robustInterval: wilson(count(robust), robust.length),
    attacks: attacks.map(({ name, attacked, correct, safety, seconds }) => ({
      name,
      eps: isApgd(name) ? apgdEps : eps,
      attacked,
      robustAccuracy: share(correct),
      safety,
      seconds,
    })),
    safety,
    warnings,
    seconds,
  };
}

/** Checks that hold for every evaluation: the radius, the pixel range, finite numbers, and the worst case over the cascade. */
export function checksOf(result: AutoAttackResult, radii: Radii): CellRecord["checks"] {
  const { norm, eps, apgdEps, description } = radii;
  const stages = result.attacks.map(({ name, safety }) => ({
    name,
    safety,
    eps: isApgd(name) ? apgdEps : eps,
  }));
  const last = result.attacks.at(-1)?.correct ?? result.clean;
  const { lowestPixel, highestPixel, notFinite } = result.safety;
  const size = result.images.length / result.clean.length;
  return [
    {
      name: "perturbations within eps",
      passed: stages.every(({ safety, eps }) =>
        safety.largestPerturbation <= eps + distanceSlack(norm, { eps, size })
      ),
      detail: `${description}: largest ${norm} distance ${
        stages.map(({ name, safety, eps }) => `${safety.largestPerturbation} of ${eps} (${name})`).join(", ")
      }`,
    },
    {
      name: "pixels within [0, 1]",
      passed: lowestPixel >= 0 && highestPixel <= 1, // of no image 1 and 0
      detail: `${description}: pixels ${lowestPixel} to ${highestPixel}`,
    },
    {
      name: "finite numbers",
      passed: notFinite === 0,
      detail: `${description}: ${notFinite} are not finite`,
    },
    {
      name: "worst case over all attacks",
      passed: result.robust.every((bit, i) =>
        bit <= result.clean[i] && result.attacks.every(({ correct }) => bit <= correct[i]) && bit === last[i]
      ),
      detail: `${description}: ${count(result.robust)} robust, ${count(result.clean)} correct when clean`,
    },
  ];
}

/** Whether an attack runs at the radius of the APGD attacks. */
export function isApgd(name: string): boolean {
  return name.startsWith("apgd");
}

function count(bits: Uint8Array): number {
  return bits.reduce((sum, bit) => sum + bit, 0);
}
