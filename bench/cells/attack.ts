/** Clean and robust accuracy of a classifier, under every attack that the preset names. */

import type { LogitsFn } from "../../attacks/threat_model/logits_fn.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { encodeSafetensors } from "../../engine/files/safetensors.ts";
import type { AttackFindings, RegisteredAttack } from "../../paradigms/attacks/types.ts";
import type { AttackCell } from "../plan/cell.ts";
import type { PhaseLog } from "../record/phases.ts";
import type { CellRecord, Metric } from "../records/mod.ts";
import { AttackCheckpoint } from "./attack_state.ts";
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
  /** The attacks that a preset may name, in the order in which they run. */
  readonly attacks: readonly RegisteredAttack[];
}

/**
 * Attacks a classifier on the natural test set, from where a process that was stopped had come to; leaves the outcome of
 * every example as an artifact.
 */
export async function attack(gpu: Gpu, task: MeasureTask): Promise<Measured> {
  const { context, phases } = task;
  const checkpoint = await AttackCheckpoint.load({ context, phases });
  const found = await underAll(gpu, task, checkpoint).catch(async (error) => {
    if (!checkpoint.isRefusal(error)) throw error;
    return await underAll(gpu, task, await checkpoint.startAgain(error));
  });
  const outcomes = new Map(found.flatMap(({ outcomes }) => [...outcomes]));
  const tensors = [...outcomes].map(([name, data]) =>
    [name, { dtype: "U8" as const, shape: [data.length], data }] as const
  );
  await context.artifact("outcomes", "outcomes.safetensors", encodeSafetensors(new Map(tensors)));
  for (const text of found.flatMap(({ warnings }) => warnings)) context.warn(text);
  return {
    metrics: Object.assign({}, ...found.map(({ metrics }) => metrics)),
    checks: found.flatMap(({ checks }) => checks),
  };
}

/** What each attack finds; later ones see the outcomes of those before them. */
async function underAll(
  gpu: Gpu,
  task: MeasureTask,
  checkpoint: AttackCheckpoint,
): Promise<AttackFindings[]> {
  const { logits, cell, context, dataset: { test: set }, phases, attacks } = task;
  const { evaluation } = cell.config, { norm, eps } = evaluation.attack;
  const earlier = new Map<string, Uint8Array<ArrayBuffer>>();
  const found: AttackFindings[] = [];
  for (const { name, key, evaluate } of attacks) {
    const config = evaluation[key];
    if (config === undefined || config === null) continue;
    const findings = await evaluate(gpu, config, {
      logits,
      set,
      batchSize: evaluation.batchSize,
      seed: cell.seed,
      threat: { norm, eps: eps.value },
      earlier,
      state: checkpoint.stateOf(name),
      saveSeconds: context.checkpoint.pauseSeconds,
      signal: context.signal,
      onProgress: (progress) => context.progress({ ...progress, unit: "images" }),
      measure: (steps, run) => phases.measure("attack", steps, run),
    });
    found.push(findings);
    for (const [outcome, correct] of findings.outcomes) earlier.set(outcome, correct);
    checkpoint.endOf(name, findings.done);
  }
  return found;
}
