/** Reading of what `bench perf` wrote. Imports rules and types alone: reports use it through `bench/schema.ts`. */

import { type Fields, isObject } from "../../common/is_object.ts";
import {
  anyObject,
  headerFault,
  list,
  number,
  object,
  orNull,
  type Rule,
  rule,
  shown,
  text,
} from "../records/field_rules.ts";
import { PERF_SCHEMA, PERF_VERSION, type PerfRecord } from "./record.ts";

/**
 * Checks that parsed JSON is a performance record.
 *
 * @throws {SyntaxError} If it is something else, of a later version, or a field is missing or of another type; the
 * message names every fault.
 */
export function parsePerfRecord(json: unknown): PerfRecord {
  const refuse = (reason: string) => new SyntaxError(`Cannot read performance record: ${reason}`);
  const wrong = headerFault(json, { schema: PERF_SCHEMA, version: PERF_VERSION });
  if (wrong !== null) throw refuse(wrong);
  const fields = json as Fields;
  const faults = FIELDS.flatMap(([name, check]) => check(fields[name], name));
  const machine = fields.machine;
  if (isObject(machine)) faults.push(...anyObject(machine.adapter, "machine.adapter"));
  for (const part of ["ceilings", "kernels", "training", "attacks"]) {
    const names = (Array.isArray(fields[part]) ? fields[part] : []).map((item) =>
      isObject(item) ? item.name : null
    );
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) faults.push(`${part} holds ${shown(twice)} twice`);
  }
  if (faults.length > 0) throw refuse(faults.join("; "));
  return json as unknown as PerfRecord;
}

const samples = rule(
  (value) => Array.isArray(value) && value.length > 0 && value.every((v) => Number.isFinite(v) && v > 0),
  "a list of positive numbers",
);

const startTime = object({
  loadMs: number,
  openMs: number,
  dataMs: number,
  compileMs: number,
  stepMs: number,
  nextStepMs: number,
  totalMs: number,
});
const stepFields = {
  name: text,
  batchSize: number,
  flopsPerStep: number,
  dispatchesPerStep: number,
  steps: number,
};

const FIELDS: readonly (readonly [string, Rule])[] = [
  ["startedAt", text],
  ["durationMs", number],
  ["machine", object({ name: text, os: text, cpu: text, cores: number })],
  ["runtime", object({ deno: text })],
  ["commit", orNull(text)],
  ["kernelVariant", text],
  ["kernelChoices", object({})],
  ["ceilings", list(object({ name: text, unit: text, samples }))],
  [
    "kernels",
    list(
      object({ name: text, op: text, flops: number, bytes: number, dispatches: number, samplesMs: samples }),
    ),
  ],
  [
    "training",
    list(object({
      ...stepFields,
      parameters: number,
      samplesMs: samples,
      firstStepMs: number,
      liveBytes: samples,
      peakBytes: number,
    })),
  ],
  ["attacks", list(object({ ...stepFields, samplesMs: samples }))],
  [
    "start",
    orNull(object({ network: text, cold: list(startTime), second: list(startTime), warm: list(startTime) })),
  ],
  [
    "soak",
    orNull(object({ network: text, steps: number, every: number, liveBytes: samples, rssBytes: samples })),
  ],
  ["peakBytes", number],
];
