/** AutoAttack: a cascade of attacks, each on the examples that are still correct. */

import type { Gpu } from "../../engine/device/device.ts";
import { checkClasses } from "./classes.ts";
import { runAttack } from "./_cascade.ts";
import { LogitsProgram, predict } from "./classifier.ts";
import { checkExamples } from "./examples.ts";
import type { Evaluation } from "./evaluation.ts";
import { identify } from "./identity.ts";
import { planAttacks, type PlannedAttack } from "./protocol.ts";
import { checkSameModel } from "./same_model.ts";
import { safetyOf } from "./returned.ts";
import { mergeSafety, NOTHING_RETURNED } from "./safety.ts";
import { type CascadeProgress, startProgress, unpackProgress } from "./state.ts";
import type { AutoAttackOptions, AutoAttackResult } from "./types.ts";
import type { AttackRun, Examples } from "../evaluation/robustness_attack.ts";
import {
  REPETITIONS,
  warnBlackBox,
  warnFewerTargets,
  warnFlat,
  warnNotFinite,
  warnProbabilities,
  warnRandomised,
} from "./warnings.ts";

/** Examples attacked at once, unless told otherwise. */
const BATCH = 128;

/**
 * Evaluates a model's robustness by AutoAttack (or some of its attacks): an example is robust if it is classified correctly
 * when clean and under every attack. Logits that are not finite count as incorrect. Each attack gets the examples that are
 * still correct. A forward pass classifies its adversarial images once more, and the host checks them against eps, pixel
 * range and NaN in float64.
 *
 * Source: Croce and Hein 2020, https://arxiv.org/abs/2003.01690, with the constants of fra31/auto-attack at a392200.
 * Departures: an example's outcome depends only on its number, its pixels and the seed, where the official Square shares
 * windows in a batch; an example is finished as soon as it is misclassified. Outcomes are bit-identical on one device for
 * any batch size and order, and after a kill and a resume from `run.state`.
 *
 * @throws {RangeError} If options, examples or a saved state do not fit, or an attack violated eps.
 * @throws {DOMException} If the signal is aborted; the state is saved.
 */
export function autoAttack(
  gpu: Gpu,
  options: AutoAttackOptions,
  examples: Examples,
  run: AttackRun = {},
): Promise<AutoAttackResult> {
  const evaluate = () => evaluateAll(gpu, options, examples, run);
  return run.signal === undefined ? evaluate() : gpu.heed(run.signal, evaluate);
}

async function evaluateAll(
  gpu: Gpu,
  options: AutoAttackOptions,
  examples: Examples,
  run: AttackRun,
): Promise<AutoAttackResult> {
  const plan = planAttacks(options), { imageShape, classes } = options;
  checkOptions(options);
  checkClasses(classes, { attacks: plan.map(({ name }) => name) });
  checkExamples(examples, { imageShape, classes });
  const numbers = examples.numbers ?? Uint32Array.from(examples.labels, (_, i) => i);
  const slots = Math.min(options.batchSize ?? BATCH, numbers.length);
  const identity = await identify(options, { ...examples, numbers });
  const kept = await run.state?.load() ?? null;
  const started = performance.now();
  const classifier = await LogitsProgram.compile(gpu, { ...options, batchSize: slots });
  const given = {
    gpu,
    options: { ...options, slots },
    examples: { ...examples, numbers },
    classifier,
    run,
    identity,
  };
  try {
    const progress = kept === null ? await begin(given, plan) : unpackProgress(kept, identity);
    if (kept !== null) await checkSameModel(given, progress.logits);
    if (kept === null) progress.cleanSeconds = (performance.now() - started) / 1000;
    const evaluation: Evaluation = { ...given, progress, savedAt: performance.now() };
    while (progress.outcomes.length < plan.length) {
      await runAttack(evaluation, plan[progress.outcomes.length]);
    }
    return finish(evaluation);
  } finally {
    classifier.dispose();
  }
}

/** Classifies the clean images, and checks the model. */
async function begin(
  { options, examples, classifier }: Pick<Evaluation, "options" | "examples" | "classifier">,
  plan: readonly PlannedAttack[],
): Promise<CascadeProgress> {
  const { classes, slots } = options, { images, labels, numbers } = examples;
  const logits = await classifier.logits({ images, numbers });
  const classified = predict(logits, classes);
  const clean = Uint8Array.from(labels, (label, i) => classified[i] === label ? 1 : 0);
  const progress = startProgress(examples, { clean, logits });
  const first = {
    images: images.subarray(0, slots * images.length / labels.length),
    numbers: numbers.subarray(0, slots),
  };
  const repetitions = [logits.subarray(0, slots * classes)];
  for (let sample = 1; sample < REPETITIONS; sample++) {
    repetitions.push(await classifier.logits({ ...first, sample }));
  }
  const attacks = plan.map(({ name }) => name);
  for (
    const warning of [
      warnNotFinite(logits, { examples: labels.length, of: "clean" }),
      options.version === "rand" ? null : warnRandomised(repetitions, { labels: labels.subarray(0, slots) }),
      warnProbabilities(logits, { examples: labels.length }),
      warnFewerTargets({ classes, attacks }),
      warnFlat(logits, { labels, clean, attacks }),
    ]
  ) if (warning !== null) progress.warnings.push(warning);
  return progress;
}

/** @throws {RangeError} If a radius or a size is out of range. */
function checkOptions({ norm, eps, apgdEps = eps, batchSize = BATCH }: AutoAttackOptions): void {
  for (const radius of [eps, apgdEps]) {
    if (radius > 0 && radius <= (norm === "Linf" ? 1 : Number.MAX_VALUE)) continue;
    const range = norm === "Linf" ? "above 0 and at most 1" : "above 0";
    throw new RangeError(
      `Cannot attack model: ${norm} eps must be ${range}, in pixel units of [0, 1], got ${radius}`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Cannot attack model: the batch size must be a positive integer, got ${batchSize}`,
    );
  }
}

/** The result, from the progress of all attacks. */
function finish(evaluation: Evaluation): AutoAttackResult {
  const { progress } = evaluation, { clean, robust, images, outcomes } = progress;
  const blackBox = warnBlackBox(outcomes);
  const misclassified = [...clean.keys()].filter((i) => clean[i] === 1 && robust[i] === 0);
  const perturbation = new Float32Array(clean.length);
  let safety = NOTHING_RETURNED;
  for (const i of misclassified) {
    const found = safetyOf(evaluation, { attack: "autoattack", positions: [i] });
    perturbation[i] = found.largestPerturbation;
    safety = mergeSafety(safety, found);
  }
  return {
    clean,
    attacks: outcomes,
    robust,
    images,
    perturbation,
    safety,
    warnings: [...progress.warnings, ...(blackBox === null ? [] : [blackBox])],
    seconds: outcomes.reduce((sum, { seconds }) => sum + seconds, progress.cleanSeconds),
  };
}
