/** Reading of what `bench attack` wrote. */
import type { Fields } from "../../common/is_object.ts";
import {
  fraction,
  headerFault,
  list,
  number,
  object,
  optional,
  orNull,
  sha256,
  text,
} from "../records/field_rules.ts";
import { takeSeal } from "../records/seal.ts";
import { ATTACK_SCHEMA, ATTACK_VERSION, type AttackRecord } from "./record.ts";

/**
 * Checks that parsed JSON is the record of an evaluation.
 *
 * @returns It, without the hash of itself.
 * @throws {SyntaxError} If it is something else, of a later version, or a field is missing, of another type or out of range,
 * or the hash of itself is another one; the message names every fault.
 */
export function parseAttackRecord(json: unknown): AttackRecord {
  const refuse = (reason: string) => new SyntaxError(`Cannot read record of an attack: ${reason}`);
  const wrong = headerFault(json, { schema: ATTACK_SCHEMA, version: ATTACK_VERSION });
  const faults = wrong === null ? record(json as Fields, "record") : [wrong];
  if (faults.length > 0) throw refuse(faults.join("; "));
  const { content, fault } = takeSeal(json as Fields);
  if (fault !== null) throw refuse(fault);
  return content as unknown as AttackRecord;
}

const safety = object({
  largestPerturbation: number,
  lowestPixel: number,
  highestPixel: number,
  notFinite: number,
});

const evaluation = object({
  description: text,
  eps: number,
  apgdEps: number,
  cleanAccuracy: fraction,
  robustAccuracy: fraction,
  robustInterval: list(fraction),
  attacks: list(
    object({ name: text, eps: number, attacked: number, robustAccuracy: fraction, safety, seconds: number }),
  ),
  safety,
  warnings: list(object({ code: text, message: text })),
  seconds: number,
});

const record = object({
  startedAt: text,
  command: text,
  commit: orNull(text),
  machine: object({ name: text, os: text, cpu: text, cores: number, adapter: object({}) }),
  runtime: object({ deno: text }),
  configuration: object({
    weights: object({ arch: text, widths: list(number), classes: number }),
    data: object({ name: text, sha256: text, n: number }),
    norm: text,
    version: text,
    attacks: orNull(list(text)),
    kernelVariant: text,
    seed: number,
  }),
  configHash: text,
  epsLabel: text,
  weightsFile: text,
  asked: evaluation,
  referenceRadius: orNull(evaluation),
  checks: list(object({ name: text, detail: optional(text) })),
  artifacts: list(object({ path: text, sha256 })),
});
