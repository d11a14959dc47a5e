/** Reading of what `bench peers` wrote. Imports rules and types alone: reports use it through `bench/schema.ts`. */

import { isObject } from "../../common/is_object.ts";
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
import { PEERS_SCHEMA, PEERS_VERSION, type PeersRecord } from "./record.ts";

/**
 * Checks that parsed JSON is a record of peers.
 *
 * @throws {SyntaxError} If it is something else, of another version, a field is missing or of another type, or a row
 * names an unknown peer or work or has another number of samples than there were rounds; the message names every fault.
 */
export function parsePeersRecord(json: unknown): PeersRecord {
  const refuse = (reason: string) => new SyntaxError(`Cannot read record of peers: ${reason}`);
  const wrong = headerFault(json, { schema: PEERS_SCHEMA, version: PEERS_VERSION });
  if (wrong !== null) throw refuse(wrong);
  const faults = RECORD(json, "record");
  if (faults.length === 0) faults.push(...contradictions(json as unknown as PeersRecord));
  if (faults.length > 0) throw refuse(faults.join("; "));
  return json as unknown as PeersRecord;
}

const flag = rule((value) => typeof value === "boolean", "true or false");
const count = rule((value) => Number.isInteger(value) && Number(value) >= 1, "a whole number from 1");
const positive = rule((value) => Number.isFinite(value) && Number(value) > 0, "a positive number");

const mapping = (item: Rule): Rule => (value, name) =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, v]) => item(v, `${name}.${key}`))
    : anyObject(value, name);

const RECORD = object({
  startedAt: text,
  durationMs: number,
  command: text,
  machine: object({ name: text, os: text, cpu: text, cores: number, adapter: anyObject }),
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
