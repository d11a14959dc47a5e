/** Reading of what `bench peers` wrote. Imports types alone: reports use it through `bench/schema.ts`. */

import { PEERS_SCHEMA, PEERS_VERSION, type PeersRecord } from "./record.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks that parsed JSON is a record of peers.
 *
 * @throws {SyntaxError} If it is something else, of another version, a field is missing or of another type, or a row
 * names an unknown peer or work or has another number of samples than there were rounds; the message names every fault.
 */
export function parsePeersRecord(json: unknown): PeersRecord {
  const refuse = (reason: string) => new SyntaxError(`Cannot read record of peers: ${reason}`);
  if (!isObject(json)) throw refuse("it is not a JSON object");
  if (json.schema !== PEERS_SCHEMA) throw refuse(`schema is not ${PEERS_SCHEMA}, got ${shown(json.schema)}`);
  if (json.version !== PEERS_VERSION) {
    throw refuse(`version is ${shown(json.version)}, known is ${PEERS_VERSION}`);
  }
  const faults = RECORD(json, "record");
  if (faults.length === 0) faults.push(...contradictions(json as unknown as PeersRecord));
  if (faults.length > 0) throw refuse(faults.join("; "));
  return json as unknown as PeersRecord;
}

/** Faults of one value, which is called `name`. */
type Rule = (value: unknown, name: string) => string[];

function rule(holds: (value: unknown) => boolean, expected: string): Rule {
  return (value, name) => holds(value) ? [] : [`${name} is not ${expected}, got ${shown(value)}`];
}

const text = rule((value) => typeof value === "string", "a string");
const flag = rule((value) => typeof value === "boolean", "true or false");
const count = rule((value) => Number.isInteger(value) && Number(value) >= 1, "a whole number from 1");
const number = rule((value) => Number.isFinite(value), "a finite number");
const positive = rule((value) => Number.isFinite(value) && Number(value) > 0, "a positive number");
const isList = rule((value) => Array.isArray(value), "a list");
const isAnObject = rule(isObject, "an object");

const orNull = (one: Rule): Rule => (value, name) => value === null ? [] : one(value, name);

const list = (item: Rule): Rule => (value, name) =>
  Array.isArray(value) ? value.flatMap((v, i) => item(v, `${name}[${i}]`)) : isList(value, name);

const mapping = (item: Rule): Rule => (value, name) =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, v]) => item(v, `${name}.${key}`))
    : isAnObject(value, name);

const object = (fields: Readonly<Record<string, Rule>>): Rule => (value, name) =>
  isObject(value)
    ? Object.entries(fields).flatMap(([key, one]) => one(value[key], `${name}.${key}`))
    : isAnObject(value, name);

const RECORD = object({
  startedAt: text,
  durationMs: number,
  command: text,
  machine: object({ name: text, os: text, cpu: text, cores: number, adapter: isAnObject }),
  runtime: object({ deno: text, v8: text, typescript: text }),
  commit: orNull(text),
  dirty: orNull(flag),
  kernelVariant: text,
  rounds: count,
  works: list(object({ name: text, title: text })),
  peers: list(object({
    name: text,
    title: text,
    version: orNull(text),
    backend: text,
    device: orNull(text),
    missing: orNull(text),
  })),
  rows: list(object({
    work: text,
    peer: text,
    steps: number,
    samplesMs: list(positive),
    checks: mapping(list(number)),
    ratio: orNull(object({ median: positive, rounds: list(positive) })),
    reason: orNull(text),
    notes: list(text),
  })),
});

function contradictions({ rounds, works, peers, rows }: PeersRecord): string[] {
  const faults: string[] = [];
  for (const [i, { work, peer, samplesMs, ratio }] of rows.entries()) {
    if (!works.some(({ name }) => name === work)) faults.push(`rows[${i}] names no work, got ${shown(work)}`);
    if (!peers.some(({ name }) => name === peer)) faults.push(`rows[${i}] names no peer, got ${shown(peer)}`);
    for (const samples of [samplesMs, ratio?.rounds ?? []]) {
      if (samples.length === rounds || samples.length === 0) continue;
      faults.push(`rows[${i}] holds ${samples.length} numbers for ${rounds} rounds`);
    }
  }
  return faults;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
