/** Clean accuracy and robust accuracy under PGD, per example; `evaluate_auto_attack.ts` has that under AutoAttack. */

import { diagnoseLogits, DIAGNOSTIC } from "../attacks/diagnostics/logit_diagnostics.ts";
import { Pgd } from "../attacks/pgd/pgd.ts";
import type { LogitsFn } from "../attacks/threat_model/logits_fn.ts";
import { threatModel } from "../attacks/threat_model/threat_model.ts";
import { Feed, inOrder } from "../datasets/feed.ts";
import type { ImageSet } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { assign } from "../engine/ops/assign.ts";
import { correct } from "../engine/ops/correct.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../engine/arrays/random.ts";
import type { Adversary } from "./train.ts";

/** How to judge a classifier. */
export interface EvaluateOptions {
  /** Scores in eval mode. */
  readonly logits: LogitsFn;
  readonly set: ImageSet;
  readonly batchSize: number;
  /** Called with the number of images done; throw from it to stop. */
  readonly onProgress?: (done: number) => void;
  /** Called in the end with the number of images whose scores are not finite, if there are any: they are incorrect. */
  readonly onNotFinite?: (images: number) => void;
}

/** Settings of the attack that judges robustness. */
export interface AttackOptions extends Adversary {
  readonly restarts: number;
  /** Of the random starts. */
  readonly seed: number;
}

/** Outcome per example: 1 where correct. */
export interface AttackOutcome {
  readonly clean: Uint8Array<ArrayBuffer>;
  /** Correct when clean and after every restart. */
  readonly robust: Uint8Array<ArrayBuffer>;
  /** The largest distance of any restart's image in the attack's norm. */
  readonly distance: Float32Array<ArrayBuffer>;
  /** Bits of `DIAGNOSTIC`: what `warnPgd` warns of. */
  readonly doubts: Uint8Array<ArrayBuffer>;
}

/** How far an attack on a set has come. */
export interface PgdProgress {
  /** Images done, the first ones of the set. */
  readonly done: number;
  /** Zeros behind those; it goes on being written to. */
  readonly outcome: AttackOutcome;
}

/** How to judge a classifier under attack. */
export interface EvaluateAttackOptions extends Omit<EvaluateOptions, "onProgress" | "onNotFinite"> {
  /** Called after each batch, and waited for; throw from it to stop. */
  readonly onProgress?: (progress: PgdProgress) => void | Promise<void>;
  /** Where an earlier evaluation of the same set, with the same batch size, stopped. Default: at the beginning. */
  readonly from?: PgdProgress;
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
      return { right: correct(scores, feed.labels), doubts: diagnoseLogits(scores, feed.labels) };
    },
  );
  const outcome = new Uint8Array(set.count);
  let notFinite = 0;
  for (const examples of inOrder(set.count, feed.batchSize)) {
    feed.load(examples);
    program.run();
    const [right, doubts] = await Promise.all([program.read("right"), program.read("doubts")]);
    outcome.set(right.subarray(0, examples.length), examples[0]);
    notFinite += doubts.subarray(0, examples.length).filter((doubt) => doubt === DIAGNOSTIC.notFinite).length;
    onProgress?.(examples[0] + examples.length);
  }
  program.dispose();
  feed.dispose();
  if (notFinite > 0) onNotFinite?.(notFinite);
  return outcome;
}

/** Attacks every image of the set with PGD; the image's number in the set keys its random starts. */
export async function evaluateUnderPgd(
  gpu: Gpu,
  { logits, set, batchSize, onProgress, from }: EvaluateAttackOptions,
  { norm, eps, seed, ...attack }: AttackOptions,
): Promise<AttackOutcome> {
  const feed = new Feed(gpu, set, { batchSize: Math.min(batchSize, set.count) });
  const pgd = await Pgd.compile(gpu, {
    logits,
    threatModel: threatModel(norm, eps),
    batchSize: feed.batchSize,
    imageShape: feed.imageShape,
    stream: stream(seed, "evaluation pgd"),
    ...attack,
  });
  const begin = await Program.compile(gpu, "attack batch", () => {
    assign(pgd.walk.origin, feed.images());
    assign(pgd.walk.examples, feed.examples);
    assign(pgd.labels, feed.labels);
  });
  const { done, outcome } = from ?? { done: 0, outcome: noOutcome(set.count) };
  try {
    for (const examples of inOrder(set.count, feed.batchSize)) {
      if (examples[0] < done) continue;
      feed.load(examples);
      begin.run();
      const found = await pgd.run();
      const n = examples.length;
      outcome.clean.set(found.before.subarray(0, n), examples[0]);
      outcome.robust.set(found.after.subarray(0, n), examples[0]);
      outcome.distance.set(found.distance.subarray(0, n), examples[0]);
      outcome.doubts.set(found.diagnostics.subarray(0, n), examples[0]);
      await onProgress?.({ done: examples[0] + n, outcome });
    }
    return outcome;
  } finally {
    for (const part of [begin, pgd, feed]) part.dispose();
  }
}

function noOutcome(count: number): AttackOutcome {
  return {
    clean: new Uint8Array(count),
    robust: new Uint8Array(count),
    distance: new Float32Array(count),
    doubts: new Uint8Array(count),
  };
}

/** Share of ones. */
export function accuracyOf(outcome: Uint8Array): number {
  return outcome.reduce((sum, v) => sum + v, 0) / outcome.length;
}
