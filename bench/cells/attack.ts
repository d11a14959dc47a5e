/** Clean and robust accuracy of a classifier: PGD on every test image, AutoAttack on the first ones. */

import { type AutoAttackResult, distanceSlack, type Safety } from "../../attacks/autoattack/mod.ts";
import type { LogitsFn } from "../../attacks/pgd.ts";
import { warnPgd } from "../../attacks/pgd_warnings.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/files/safetensors.ts";
import {
  accuracyOf,
  type AttackOutcome,
  evaluateUnderPgd,
  type PgdProgress,
} from "../../paradigms/evaluate.ts";
import type { AutoAttackFn, StateStore } from "../../attacks/autoattack/types.ts";
import { evaluateUnderAutoAttack } from "../../paradigms/evaluate_auto_attack.ts";
import { attackedSteps } from "../config/auto_attack_cost.ts";
import type { CellRecord, Metric } from "../schema.ts";
import type { AttackCell } from "../plan/cell.ts";
import type { PhaseLog } from "../record/phases.ts";
import { AttackState } from "./attack_state.ts";
import type { CellTask } from "./task.ts";

/** What is measured of a classifier. */
export interface Measured {
  readonly metrics: Record<string, Metric>;
  readonly checks: CellRecord["checks"];
}

/** What measuring a classifier needs. */
export interface MeasureTask extends CellTask<AttackCell> {
  readonly phases: PhaseLog;
  /** Scores of the classifier that is judged: the paradigm's own, or encoder and probe. */
  readonly logits: LogitsFn;
  /** The evaluation that is called AutoAttack. */
  readonly autoAttack: AutoAttackFn;
}

/** How far a perturbation may overshoot by rounding, in pixel units. */
const SLACK = 1e-6;

/**
 * Attacks a classifier on the natural test set, from where a process that was stopped had come to; leaves the outcome of
 * every example as an artifact.
 */
export async function attack(gpu: Gpu, task: MeasureTask): Promise<Measured> {
  const { attack: { eps, norm } } = task.cell.config.evaluation;
  const { channels, height, width } = task.dataset.test, size = channels * height * width;
  const { pgd, auto } = await underBoth(gpu, task);
  const outcomes = new Map([["clean", bits(pgd.clean)], ["pgd", bits(pgd.robust)]]);
  for (const { name, correct } of auto?.attacks ?? []) outcomes.set(`autoattack/${name}`, bits(correct));
  if (auto !== null) outcomes.set("autoattack", bits(auto.robust));
  await task.context.artifact("outcomes", "outcomes.safetensors", encodeSafetensors(outcomes));

  const largest = pgd.distance.reduce((a, b) => Math.max(a, b), 0);
  const checks = [{
    name: "perturbations within eps",
    passed: pgd.distance.every((d) => d <= eps.value + SLACK),
    detail: `PGD: largest ${norm} distance ${largest}, eps ${eps.value}, ${pgd.distance.length} images`,
  }];
  const metrics: Record<string, Metric> = {
    cleanAccuracy: fraction(accuracyOf(pgd.clean)),
    robustAccuracy: fraction(accuracyOf(pgd.robust)),
    largestPerturbation: { value: largest, unit: "pixels" },
  };
  for (const { code, message } of warnPgd(pgd)) task.context.warn(`PGD, ${code}: ${message}`);
  if (auto === null) return { metrics, checks };
  for (const { code, message } of auto.warnings) task.context.warn(`AutoAttack, ${code}: ${message}`);
  return {
    metrics: { ...metrics, ...autoMetrics(auto, pgd) },
    checks: [...checks, {
      name: "AutoAttack's perturbations within eps",
      passed: isSafe(auto.safety, eps.value + distanceSlack(norm, { eps: eps.value, size })),
      detail: describeSafety(auto.safety, { norm, eps: eps.value, images: auto.robust.length }),
    }],
  };
}

const fraction = (value: number): Metric => ({ value, unit: "fraction" });

const bits = (data: Uint8Array<ArrayBuffer>): HostTensor => ({ dtype: "U8", shape: [data.length], data });

/** What both attacks found. */
interface Found {
  readonly pgd: AttackOutcome;
  readonly auto: AutoAttackResult | null;
}

async function underBoth(gpu: Gpu, task: MeasureTask): Promise<Found> {
  const { context, phases, dataset: { test } } = task;
  const run = async (state: AttackState): Promise<Found> => {
    const pgd = await underPgd(gpu, task, state);
    return {
      pgd,
      auto: await underAutoAttack(gpu, task, state.storeFor({ done: test.count, outcome: pgd })),
    };
  };
  const state = await AttackState.load({ context, phases, count: test.count });
  try {
    return await run(state);
  } catch (error) {
    if (!state.isRefusal(error)) throw error;
    return await run(await state.startAnew(error));
  }
}

async function underPgd(
  gpu: Gpu,
  { logits, cell, context, dataset: { test: set }, phases }: MeasureTask,
  state: AttackState,
): Promise<AttackOutcome> {
  const { batchSize, attack } = cell.config.evaluation, from = state.pgd;
  if (from?.done === set.count) return from.outcome;
  const unitsOf = (done: number) => (done - (from?.done ?? 0)) * attack.steps * attack.restarts;
  const onProgress = async (pgd: PgdProgress) => {
    await state.keepPgd(pgd, unitsOf(pgd.done));
    context.signal.throwIfAborted();
    context.progress({ label: "attack", done: pgd.done, total: set.count, unit: "images" });
  };
  const threat = { ...attack, eps: attack.eps.value, stepSize: attack.stepSize.value, seed: cell.seed };
  const run = () =>
    evaluateUnderPgd(gpu, { logits, set, batchSize, onProgress, ...(from && { from }) }, threat);
  return await phases.measure("attack", unitsOf(set.count), run);
}

async function underAutoAttack(
  gpu: Gpu,
  { logits, cell, context, dataset: { test: set }, phases, autoAttack }: MeasureTask,
  state: StateStore,
): Promise<AutoAttackResult | null> {
  const { batchSize, attack: { norm, eps }, autoAttack: config } = cell.config.evaluation;
  if (config === null) return null;
  const { version, images, attacks, iterations, queries } = config;
  const settings = {
    norm,
    eps: eps.value,
    seed: cell.seed,
    images,
    ...(version === "custom" ? { attacks, iterations, queries } : { version }),
  };
  const run = () =>
    evaluateUnderAutoAttack(gpu, { logits, set, batchSize, attack: autoAttack }, {
      ...settings,
      state,
      saveSeconds: context.checkpoint.pauseSeconds,
      signal: context.signal,
      onProgress: ({ attack, done, total }) =>
        context.progress({ label: `AutoAttack ${attack}`, done, total, unit: "images" }),
    });
  return await phases.measure("attack", ({ attacks }) => attackedSteps(config, attacks), run);
}

/** With clean accuracy and PGD's on the same images: those on all test images cannot be compared with AutoAttack's. */
function autoMetrics(auto: AutoAttackResult, pgd: AttackOutcome): Record<string, Metric> {
  const count = auto.robust.length;
  return {
    autoAttackAccuracy: {
      ...fraction(accuracyOf(auto.robust)),
      samples: auto.attacks.map(({ correct }) => accuracyOf(correct)),
    },
    attackedCleanAccuracy: fraction(accuracyOf(pgd.clean.subarray(0, count))),
    pgdAccuracy: fraction(accuracyOf(pgd.robust.subarray(0, count))),
    autoAttackLargestPerturbation: { value: auto.safety.largestPerturbation, unit: "pixels" },
    autoAttackSeconds: {
      value: auto.seconds,
      unit: "s",
      samples: auto.attacks.map(({ seconds }) => seconds),
    },
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
  if (lowestPixel > highestPixel) return `AutoAttack: of ${images} images none was fooled, eps ${eps}`;
  return `AutoAttack: largest ${norm} distance ${largestPerturbation}, eps ${eps}, pixels ${lowestPixel} to ` +
    `${highestPixel}, ${notFinite} not finite, ${images} images`;
}
