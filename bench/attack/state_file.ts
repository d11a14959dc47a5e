/** A stopped evaluation on disk: its configuration, and the checkpoint of the attacks. */

import { isObject } from "../../common/is_object.ts";
import { type Checkpoint, type Json, loadCheckpoint, saveCheckpoint } from "../../engine/files/checkpoint.ts";
import type { AttackConfiguration } from "../records/attack_record.ts";

const SCHEMA = "realfeatures/attack-state";
const VERSION = 1;

/** The content of the file. */
export interface EvaluationState {
  readonly configuration: AttackConfiguration;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly resumedAt: readonly string[];
  /** Of the attacks; null before the first is saved. */
  readonly checkpoint: Checkpoint | null;
}

/** Writes the file atomically. */
export async function writeState(path: string, state: EvaluationState): Promise<void> {
  const { configuration, startedAt, resumedAt, checkpoint } = state;
  const tensors = checkpoint?.tensors ?? new Map();
  await saveCheckpoint(path, {
    tensors,
    state: {
      schema: SCHEMA,
      version: VERSION,
      configuration: configuration as unknown as Json,
      startedAt,
      resumedAt,
      attacks: checkpoint === null ? null : { state: checkpoint.state },
    },
  });
}

/**
 * Reads it.
 *
 * @throws {SyntaxError} If it is truncated, damaged, or another file.
 * @throws {RangeError} If its offsets are wrong.
 */
export async function readState(path: string): Promise<EvaluationState> {
  const { tensors, state } = await loadCheckpoint(path);
  const refuse = (reason: string) => new SyntaxError(`Cannot read ${path}: ${reason}`);
  if (!isObject(state) || state.schema !== SCHEMA) {
    throw refuse("it is no state of an evaluation");
  }
  const fields = state as { readonly [key: string]: Json };
  if (fields.version !== VERSION) throw refuse(`its version is ${fields.version}, known is ${VERSION}`);
  const { configuration, startedAt, resumedAt, attacks } = fields;
  if (typeof startedAt !== "string" || !Array.isArray(resumedAt) || attacks === undefined) {
    throw refuse("it lacks startedAt, resumedAt or attacks");
  }
  return {
    configuration: configuration as unknown as AttackConfiguration,
    startedAt,
    resumedAt: resumedAt as string[],
    checkpoint: attacks === null ? null : { tensors, state: (attacks as { state: Json }).state },
  };
}
