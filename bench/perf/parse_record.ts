/** Reading of what `bench perf` wrote. Imports types alone: reports use it through `bench/schema.ts`. */

import { PERF_SCHEMA, PERF_VERSION, type PerfRecord } from "./record.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks that parsed JSON is a performance record.
 *
 * @throws {SyntaxError} If it is something else, of a later version, or a field is missing or of another type; the
 * message names every fault.
 */
export function parsePerfRecord(json: unknown): PerfRecord {
  const refuse = (reason: string) => new SyntaxError(`Cannot read performance record: ${reason}`);
  if (!isObject(json)) throw refuse("it is not a JSON object");
  if (json.schema !== PERF_SCHEMA) {
    throw refuse(`schema is not ${PERF_SCHEMA}, got ${shown(json.schema)}`);
  }
  if (json.version !== PERF_VERSION) {
    throw refuse(`version is ${shown(json.version)}, known is ${PERF_VERSION}`);
  }
  const faults = FIELDS.flatMap(([name, check]) => check(json[name], name));
  const machine = json.machine;
  if (isObject(machine)) faults.push(...objectFault(machine.adapter, "machine.adapter"));
  for (const list of ["ceilings", "kernels", "training", "attacks"]) {
    const names = (Array.isArray(json[list]) ? json[list] : []).map((item) =>
      isObject(item) ? item.name : null
    );
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) faults.push(`${list} holds ${shown(twice)} twice`);
  }
  if (faults.length > 0) throw refuse(faults.join("; "));
  return json as unknown as PerfRecord;
}

/** Faults of one value, which is called `name`. */
type Rule = (value: unknown, name: string) => string[];

const text: Rule = (value, name) => typeof value === "string" ? [] : [fault(value, name, "a string")];
const number: Rule = (value, name) => Number.isFinite(value) ? [] : [fault(value, name, "a finite number")];
const objectFault: Rule = (value, name) => isObject(value) ? [] : [fault(value, name, "an object")];

const samples: Rule = (value, name) =>
  Array.isArray(value) && value.length > 0 && value.every((v) => Number.isFinite(v) && v > 0)
    ? []
    : [fault(value, name, "a list of positive numbers")];

const object = (fields: Readonly<Record<string, Rule>>): Rule => (value, name) =>
  isObject(value)
    ? Object.entries(fields).flatMap(([field, rule]) => rule(value[field], `${name}.${field}`))
    : objectFault(value, name);

const list = (item: Rule): Rule => (value, name) =>
  Array.isArray(value) ? value.flatMap((v, i) => item(v, `${name}[${i}]`)) : [fault(value, name, "a list")];

const orNull = (rule: Rule): Rule => (value, name) => value === null ? [] : rule(value, name);

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

function fault(value: unknown, name: string, expected: string): string {
  return `${name} is not ${expected}, got ${shown(value)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
