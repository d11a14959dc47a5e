/** PGD on every image of a set: robust accuracy per example. */

import type { Gpu } from "../../engine/device/device.ts";
import { assign } from "../../engine/ops/assign.ts";
import { Program } from "../../engine/program/program.ts";
import { stream } from "../../common/random.ts";
import {
  type AttackRun,
  type AttackTarget,
  type RobustnessAttack,
  type RobustnessResult,
  SAVE_SECONDS,
  type ThreatSettings,
} from "../evaluation/robustness_attack.ts";
import { threatModel } from "../threat_model/threat_model.ts";
import { Pgd } from "./pgd.ts";
import { packPgd, type PgdProgress, unpackPgd } from "./pgd_state.ts";
import { warnPgd } from "./pgd_warnings.ts";

/** Settings of PGD as it judges robustness. */
export interface PgdSettings extends ThreatSettings {
  readonly steps: number;
  /** In pixel units; in L2 the length of a step. */
  readonly stepSize: number;
  /** Runs from different starting points; an image is robust if it is correct after each. */
  readonly restarts: number;
  /** Start at a random point of the threat model instead of the image itself. */
  readonly randomStart: boolean;
}

/** What PGD found. `perturbation` is the largest distance of any restart's image. */
export interface PgdResult extends RobustnessResult {
  /** Bits of `DIAGNOSTIC` of each image, which `warnings` summarise, [n]. */
  readonly diagnostics: Uint8Array<ArrayBuffer>;
}

/** PGD on every image of the set. An image's number in the set keys its random starts. */
export const pgdAttack: RobustnessAttack<PgdSettings, PgdResult> = {
  name: "pgd",
  title: "PGD",
  evaluate: async (gpu, target, settings, run = {}) => {
    const kept = await run.state?.load() ?? null;
    const progress = kept === null ? startPgd(target.count) : unpackPgd(kept, target.count);
    if (progress.done < target.count) await attackRest(gpu, target, { settings, run, progress });
    const { clean, robust, perturbation, diagnostics } = progress;
    return { clean, robust, perturbation, diagnostics, warnings: warnPgd(progress) };
  },
};

function startPgd(count: number): PgdProgress {
  return {
    done: 0,
    clean: new Uint8Array(count),
    robust: new Uint8Array(count),
    perturbation: new Float32Array(count),
    diagnostics: new Uint8Array(count),
  };
}

interface Rest {
  readonly settings: PgdSettings;
  readonly run: AttackRun;
  readonly progress: PgdProgress;
}

/** Attacks the images that are left, batch by batch. */
async function attackRest(gpu: Gpu, target: AttackTarget, { settings, run, progress }: Rest): Promise<void> {
  const { norm, eps, seed, ...given } = settings, { count } = target;
  const feed = target.openFeed(gpu);
  const pgd = await Pgd.compile(gpu, {
    logits: target.logits,
    threatModel: threatModel(norm, eps),
    batchSize: feed.batchSize,
    imageShape: target.imageShape,
    stream: stream(seed, "evaluation pgd"),
    ...given,
  });
  const begin = await Program.compile(gpu, "attack batch", () => {
    assign(pgd.walk.origin, feed.images());
    assign(pgd.walk.examples, feed.examples);
    assign(pgd.labels, feed.labels);
  });
  let savedAt = performance.now();
  try {
    while (progress.done < count) {
      const first = progress.done, n = Math.min(feed.batchSize, count - first);
      feed.load(Uint32Array.from({ length: n }, (_, i) => first + i));
      begin.run();
      const found = await pgd.run();
      progress.clean.set(found.before.subarray(0, n), first);
      progress.robust.set(found.after.subarray(0, n), first);
      progress.perturbation.set(found.distance.subarray(0, n), first);
      progress.diagnostics.set(found.diagnostics.subarray(0, n), first);
      progress.done += n;
      const due = performance.now() - savedAt >= 1000 * (run.saveSeconds ?? SAVE_SECONDS);
      if (due || progress.done === count || run.signal?.aborted) {
        await run.state?.save(packPgd(progress));
        savedAt = performance.now();
      }
      run.signal?.throwIfAborted();
      const correct = count - progress.done + progress.robust.reduce((sum, bit) => sum + bit, 0);
      run.onProgress?.({ attack: "pgd", done: progress.done, total: count, correct });
    }
  } finally {
    for (const part of [begin, pgd, feed]) part.dispose();
  }
}
