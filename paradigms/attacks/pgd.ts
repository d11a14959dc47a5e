/** Clean and robust accuracy under PGD, on every test image. */
import type { PgdResult } from "../../attacks/pgd/pgd_attack.ts";
import { packPgd, unpackPgd } from "../../attacks/pgd/pgd_state.ts";
import { accuracyOf, evaluateUnderPgd } from "../evaluate.ts";
import type { PgdConfig } from "./pgd_settings.ts";
import type { AttackFindings, AttackMethod, AttackTask } from "./types.ts";

/** Tolerance for the rounding of a perturbation, in pixel units. */
const SLACK = 1e-6;

/** Attacks every image, from where an earlier process stopped. */
export const evaluatePgd: AttackMethod<PgdConfig> = async (gpu, config, task) => {
  const { logits, set, batchSize, seed, threat, state, signal } = task;
  const kept = await state.load();
  const first = kept === null ? 0 : unpackPgd(kept, set.count).done;
  const stepsOf = (done: number) => (done - first) * config.steps * config.restarts;
  const settings = { ...config, eps: config.eps.value, stepSize: config.stepSize.value, seed };
  const evaluate = () =>
    evaluateUnderPgd(gpu, {
      ...{ logits, set, batchSize },
      run: {
        state: {
          load: () => Promise.resolve(kept),
          save: (now) => state.save(() => now, { steps: stepsOf(unpackPgd(now, set.count).done) }),
        },
        saveSeconds: 0, // the cell's checkpoint decides when to save
        signal,
        onProgress: ({ done, total }) => task.onProgress({ label: "attack", done, total }),
      },
    }, settings);
  const result = first === set.count ? await evaluate() : await task.measure(stepsOf(set.count), evaluate);
  return findings(result, threat);
};

function findings(result: PgdResult, { norm, eps }: AttackTask["threat"]): AttackFindings {
  const { clean, robust, perturbation, warnings } = result;
  const largest = perturbation.reduce((a, b) => Math.max(a, b), 0);
  return {
    outcomes: new Map([["clean", clean], ["pgd", robust]]),
    metrics: {
      cleanAccuracy: { value: accuracyOf(clean), unit: "fraction" },
      robustAccuracy: { value: accuracyOf(robust), unit: "fraction" },
      largestPerturbation: { value: largest, unit: "pixels" },
    },
    checks: [{
      name: "perturbations within eps",
      passed: perturbation.every((d) => d <= eps + SLACK),
      detail: `PGD: largest ${norm} distance ${largest}, eps ${eps}, ${perturbation.length} images`,
    }],
    warnings: warnings.map(({ code, message }) => `PGD, ${code}: ${message}`),
    done: packPgd({ done: clean.length, ...result }),
  };
}
