/** Clean accuracy, and robust accuracy under an attack, per example. */

import { autoAttackOn, type AutoAttackSettings } from "../attacks/autoattack/auto_attack_on.ts";
import type { AutoAttackResult } from "../attacks/autoattack/types.ts";
import { diagnoseLogits, DIAGNOSTIC } from "../attacks/diagnostics/logit_diagnostics.ts";
import type {
  AttackRun,
  AttackTarget,
  Examples,
  RobustnessAttack,
  RobustnessResult,
  ThreatSettings,
} from "../attacks/evaluation/robustness_attack.ts";
import { pgdAttack, type PgdResult, type PgdSettings } from "../attacks/pgd/pgd_attack.ts";
import type { LogitsFn } from "../attacks/threat_model/logits_fn.ts";
import { Feed, inOrder } from "../datasets/feed.ts";
import { type ImageSet, subset, toFloat } from "../datasets/types.ts";
import { nchwToNhwc } from "../engine/arrays/layout.ts";
import type { Gpu } from "../engine/device/device.ts";
import { correct } from "../engine/ops/correct.ts";
import { Program } from "../engine/program/program.ts";

/** A classifier and the images that it is judged on. */
export interface ClassifierOnSet {
  /** Scores in eval mode. */
  readonly logits: LogitsFn;
  readonly set: ImageSet;
  /** Images at once; changes no result. */
  readonly batchSize: number;
}

/** Options of the measurement of clean accuracy. */
export interface EvaluateOptions extends ClassifierOnSet {
  /** Called with the number of images done; throw from it to stop. */
  readonly onProgress?: (done: number) => void;
  /** Called at the end with the number of images whose scores are not finite, if there are any: they are incorrect. */
  readonly onNotFinite?: (images: number) => void;
}

/** 1 for each image the classifier gets right, in the order of the set. */
export async function evaluateClean(gpu: Gpu, options: EvaluateOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { logits, set, batchSize, onProgress, onNotFinite } = options;
  const feed = new Feed(gpu, set, { batchSize: Math.min(batchSize, set.count) });
  const program = await Program.compile(
    gpu,
    "evaluate",
    () => {
      const scores = logits(feed.images());
      return { right: correct(scores, feed.labels), diagnostics: diagnoseLogits(scores, feed.labels) };
    },
  );
  const outcome = new Uint8Array(set.count);
  let notFinite = 0;
  for (const examples of inOrder(set.count, feed.batchSize)) {
    feed.load(examples);
    program.run();
    const [right, diagnostics] = await Promise.all([program.read("right"), program.read("diagnostics")]);
    outcome.set(right.subarray(0, examples.length), examples[0]);
    notFinite += diagnostics.subarray(0, examples.length).filter((bits) =>
      bits === DIAGNOSTIC.notFinite
    ).length;
    onProgress?.(examples[0] + examples.length);
  }
  program.dispose();
  feed.dispose();
  if (notFinite > 0) onNotFinite?.(notFinite);
  return outcome;
}

/** Options of the measurement of robust accuracy. */
export interface EvaluateUnderOptions extends ClassifierOnSet {
  /** State, progress and interruption; changes no result. */
  readonly run?: AttackRun;
}

/**
 * Attacks a classifier on a set: the one way from an attack to a robust accuracy.
 *
 * @returns Outcomes of single images, in the order of the set.
 * @throws What the attack throws.
 */
export function evaluateUnder<Settings extends ThreatSettings, Result extends RobustnessResult>(
  gpu: Gpu,
  attack: RobustnessAttack<Settings, Result>,
  { settings, run, ...classifier }: EvaluateUnderOptions & { readonly settings: Settings },
): Promise<Result> {
  return attack.evaluate(gpu, targetOf(classifier), settings, run);
}

/** {@linkcode evaluateUnder} PGD, on every image of the set. */
export function evaluateUnderPgd(
  gpu: Gpu,
  options: EvaluateUnderOptions,
  settings: PgdSettings,
): Promise<PgdResult> {
  return evaluateUnder(gpu, pgdAttack, { ...options, settings });
}

/**
 * {@linkcode evaluateUnder} AutoAttack, on the first `images` images of the set.
 *
 * @throws {RangeError} If the set has fewer images, or AutoAttack refuses the settings.
 */
export function evaluateUnderAutoAttack(
  gpu: Gpu,
  options: EvaluateUnderOptions,
  settings: AutoAttackSettings,
): Promise<AutoAttackResult> {
  return evaluateUnder(gpu, autoAttackOn(), { ...options, settings });
}

/** Classifier and images as attacks take them. */
export function targetOf({ logits, set, batchSize }: ClassifierOnSet): AttackTarget {
  const { height, width, channels, count, classNames } = set;
  const atOnce = Math.min(batchSize, count);
  return {
    logits,
    classes: classNames.length,
    imageShape: [height, width, channels],
    count,
    batchSize: atOnce,
    examples: (first = count) => examplesOf(subset(set, first)),
    openFeed: (gpu) => new Feed(gpu, set, { batchSize: atOnce }),
  };
}

/** Images as attacks take them on the host: NHWC, float32 in [0, 1], numbered as in the set. */
export function examplesOf(set: ImageSet): Required<Examples> {
  const { count, channels, height, width, labels } = set;
  return {
    images: nchwToNhwc(toFloat(set), [count, channels, height, width]),
    labels: Uint32Array.from(labels),
    numbers: Uint32Array.from(labels, (_, i) => i),
  };
}

/** Share of ones. */
export function accuracyOf(outcome: Uint8Array): number {
  return outcome.reduce((sum, v) => sum + v, 0) / outcome.length;
}
