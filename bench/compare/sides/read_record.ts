/** One record, of whatever kind, as something to compare. */
import { dirname } from "node:path";
import { parseAttackRecord } from "../../attack/parse_record.ts";
import { ATTACK_SCHEMA, ATTACK_VERSION } from "../../attack/record.ts";
import { configHash } from "../../record/env.ts";
import { parseCellRecord } from "../../records/read_cell_record.ts";
import { isObject } from "../../../common/is_object.ts";
import { parsePeersRecord } from "../../peers/parse_record.ts";
import { PEERS_SCHEMA, PEERS_VERSION } from "../../peers/record.ts";
import { parsePerfRecord } from "../../perf/parse_record.ts";
import { PERF_SCHEMA, PERF_VERSION, type PerfRecord } from "../../perf/record.ts";
import { SCHEMA_VERSION } from "../../schema.ts";
import { attackMetrics, cellMetrics, peersMetrics, perfMetrics } from "./metrics.ts";
import { machineClass, type SourceRecord } from "./source.ts";

type Facts = Pick<PerfRecord, "startedAt" | "commit" | "dirty" | "machine" | "runtime">;

/** Which record has which schema; records of cells have none, but a version. */
export const KNOWN_SCHEMAS = [PERF_SCHEMA, PEERS_SCHEMA, ATTACK_SCHEMA];

/**
 * Reads parsed JSON as a record.
 *
 * @param path Of its file; outcomes are looked for relative to it.
 * @throws {SyntaxError} If it is no record of a known kind and version, or lacks a field.
 */
export async function readRecord(json: unknown, path: string): Promise<SourceRecord> {
  if (isObject(json) && json.schema === undefined && json.schemaVersion !== undefined) {
    return cellSource(json, path);
  }
  const schema = isObject(json) && typeof json.schema === "string" ? json.schema : "missing";
  if (schema === PERF_SCHEMA) {
    const record = parsePerfRecord(json);
    const whole = { kind: "perf", recordVersion: PERF_VERSION, measurements: perfMetrics(record) } as const;
    return { ...alone(record, path), ...whole, preset: "perf", kernelVariant: record.kernelVariant };
  }
  if (schema === PEERS_SCHEMA) {
    const record = parsePeersRecord(json);
    const whole = {
      kind: "peers",
      recordVersion: PEERS_VERSION,
      measurements: peersMetrics(record),
    } as const;
    return { ...alone(record, path), ...whole, preset: "peers", kernelVariant: record.kernelVariant };
  }
  if (schema === ATTACK_SCHEMA) return await attackSource(json, path);
  throw new SyntaxError(
    `its schema is ${schema}, known are ${KNOWN_SCHEMAS.join(", ")} and records of cells`,
  );
}

function cellSource(json: unknown, path: string): SourceRecord {
  const record = parseCellRecord(json);
  const folder = dirname(path);
  const runDir = folder.endsWith("records") ? folder.slice(0, -"records".length) || "." : null;
  const done = record.status === "ok" || record.status === "quick";
  return {
    ...facts(record, path),
    kind: "cells",
    recordVersion: SCHEMA_VERSION,
    preset: record.suite,
    cell: record.benchmark.replace(/\/seed-\d+(?=\/|$)/, ""),
    seed: record.seed,
    configHash: record.configHash,
    config: record.config,
    data: record.dataset.sha256,
    kernelVariant: record.kernelVariant,
    jobs: record.jobs ?? 1,
    done,
    measurements: done ? cellMetrics(record, runDir) : [],
  };
}

/** The weights are what an evaluation is of, and a later network has others: they are no part of the configuration. */
async function attackSource(json: unknown, path: string): Promise<SourceRecord> {
  const record = parseAttackRecord(json);
  const {
    weights,
    benchmarkVersion: _version,
    adapter: _adapter,
    kernelVariant,
    seed: _seed,
    data,
    ...rest
  } = record.configuration;
  const { sha256: _weights, ...network } = weights ?? {};
  const config = { ...rest, images: data.n, network };
  return {
    ...facts(record, path),
    kind: "attack",
    recordVersion: ATTACK_VERSION,
    preset: "attack",
    cell: "",
    seed: record.configuration.seed,
    configHash: await configHash(config),
    config,
    data: data.sha256,
    kernelVariant,
    jobs: null,
    done: true,
    measurements: attackMetrics(record, dirname(path)),
  };
}

function facts({ startedAt, commit, dirty, machine, runtime }: Facts, path: string) {
  const { driver = null } = machine;
  return { path, startedAt, commit, dirty, deno: runtime.deno, machine: machineClass(machine), driver };
}

/** What is the same for records of speed, which have no cells, data or settings of their own. */
function alone(record: Facts, path: string) {
  const none = { cell: "", seed: null, configHash: "", config: null, data: "", jobs: null, done: true };
  return { ...facts(record, path), ...none };
}
