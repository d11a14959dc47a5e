/** Robust accuracy under AutoAttack, on the first test images. */
import {
  type AutoAttackFn,
  autoAttackOn,
  type AutoAttackResult,
  distanceSlack,
  type Safety,
} from "../../attacks/autoattack/mod.ts";
import { accuracyOf, evaluateUnder } from "../evaluate.ts";
import { attackedSteps } from "./auto_attack_cost.ts";
import type { AutoAttackConfig } from "./auto_attack_settings.ts";
import type { AttackFindings, AttackMethod, AttackTask } from "./types.ts";

/** Attacks the first images, from where an earlier process stopped; `attack` is the attack that is called AutoAttack. */
export function autoAttackMethod(attack: AutoAttackFn): AttackMethod<AutoAttackConfig> {
  return async (gpu, config, task) => {
    const { logits, set, batchSize, seed, threat, state, saveSeconds, signal } = task;
    const { version, images, attacks, iterations, queries } = config;
    const settings = {
      ...threat,
      seed,
      images,
      ...(version === "custom" ? { attacks, iterations, queries } : { version }),
    };
    const run = () =>
      evaluateUnder(gpu, autoAttackOn(attack), {
        ...{ logits, set, batchSize, settings },
        run: {
          state: { load: () => state.load(), save: (checkpoint) => state.save(() => checkpoint) },
          saveSeconds,
          signal,
          onProgress: ({ attack, done, total }) =>
            task.onProgress({ label: `AutoAttack ${attack}`, done, total }),
        },
      });
    const result = await task.measure(
      ({ attacks }) => attackedSteps(config, attacks, set.classNames.length),
      run,
    );
    return findings(result, task);
  };
}

function findings(
  result: AutoAttackResult,
  { threat: { norm, eps }, set, earlier }: AttackTask,
): AttackFindings {
  const { channels, height, width } = set, size = channels * height * width;
  return {
    outcomes: new Map([
      ...result.attacks.map(({ name, correct }) => [`autoattack/${name}`, correct] as const),
      ["autoattack", result.robust] as const,
    ]),
    metrics: metricsOf(result, earlier),
    checks: [{
      name: "AutoAttack's perturbations within eps",
      passed: isSafe(result.safety, eps + distanceSlack(norm, { eps, size })),
      detail: describeSafety(result.safety, { norm, eps, images: result.robust.length }),
    }],
    warnings: result.warnings.map(({ code, message }) => `AutoAttack, ${code}: ${message}`),
  };
}

const fraction = (value: number) => ({ value, unit: "fraction" });

/** With clean accuracy and PGD's on the same images: those on all test images cannot be compared with AutoAttack's. */
function metricsOf(
  { robust, attacks, safety, seconds }: AutoAttackResult,
  earlier: AttackTask["earlier"],
): AttackFindings["metrics"] {
  const before = (name: string) => fraction(accuracyOf(earlier.get(name)!.subarray(0, robust.length)));
  return {
    autoAttackAccuracy: {
      ...fraction(accuracyOf(robust)),
      samples: attacks.map(({ correct }) => accuracyOf(correct)),
    },
    attackedCleanAccuracy: before("clean"),
    pgdAccuracy: before("pgd"),
    autoAttackLargestPerturbation: { value: safety.largestPerturbation, unit: "pixels" },
    autoAttackSeconds: { value: seconds, unit: "s", samples: attacks.map(({ seconds }) => seconds) },
  };
}

function isSafe(
  { largestPerturbation, lowestPixel, highestPixel, notFinite }: Safety,
  limit: number,
): boolean {
  return largestPerturbation <= limit && lowestPixel >= 0 && highestPixel <= 1 && notFinite === 0;
}

function describeSafety(
  { largestPerturbation, lowestPixel, highestPixel, notFinite }: Safety,
  { norm, eps, images }: { norm: string; eps: number; images: number },
): string {
  if (lowestPixel > highestPixel) return `AutoAttack: no image of ${images} was misclassified, eps ${eps}`;
  return `AutoAttack: largest ${norm} distance ${largestPerturbation}, eps ${eps}, pixels ${lowestPixel} to ` +
    `${highestPixel}, ${notFinite} not finite, ${images} images`;
}
