/** One record, of whatever kind, in the form that is compared. */
import { dirname } from "node:path";
import { isObject } from "../../../common/is_object.ts";
import { configHash } from "../../record/env.ts";
import { ATTACK_RECORD } from "../../records/attack_record.ts";
import { CELL_RECORD } from "../../records/cell_record.ts";
import { PEERS_RECORD, type PeersRecord } from "../../records/peers_record.ts";
import { PERF_RECORD, type PerfRecord } from "../../records/perf_record.ts";
import { attackMetrics, cellMetrics, peersMetrics, perfMetrics } from "./metrics.ts";
import { machineClass, type SourceRecord } from "./source.ts";

type Facts = Pick<PerfRecord, "startedAt" | "durationMs" | "commit" | "dirty" | "machine" | "runtime">;

/** How the records of a schema are read. */
const READERS: Readonly<Record<string, (json: unknown, path: string) => SourceRecord>> = {
  [CELL_RECORD.schema]: cellSource,
  [PERF_RECORD.schema]: perfSource,
  [PEERS_RECORD.schema]: peersSource,
  [ATTACK_RECORD.schema]: attackSource,
};

/**
 * Reads parsed JSON as a record; files of earlier versions are migrated.
 *
 * @param path Of its file; outcomes are looked for relative to it.
 * @throws {SyntaxError} If it is not a record of a known kind and version, or a field is wrong.
 */
export function readRecord(json: unknown, path: string): SourceRecord {
  if (isObject(json) && json.schema === undefined && json.schemaVersion !== undefined) { // a cell of version 1
    return cellSource(json, path);
  }
  const schema = isObject(json) && typeof json.schema === "string" ? json.schema : "missing";
  if (Object.hasOwn(READERS, schema)) return READERS[schema](json, path);
  throw new SyntaxError(
    `its schema is ${schema}, known are ${Object.keys(READERS).join(", ")}`,
  );
}

function perfSource(json: unknown, path: string): SourceRecord {
  const record = PERF_RECORD.parse(json);
  return speedSource("perf", record, { path, measurements: perfMetrics(record) });
}

function peersSource(json: unknown, path: string): SourceRecord {
  const record = PEERS_RECORD.parse(json);
  return speedSource("peers", record, { path, measurements: peersMetrics(record) });
}

/** A record of speed, which has no cells, data or settings. */
function speedSource(
  kind: "perf" | "peers",
  record: PerfRecord | PeersRecord,
  { path, measurements }: { path: string; measurements: SourceRecord["measurements"] },
): SourceRecord {
  const { version: recordVersion, readPath } = record;
  const none = { cell: "", seed: null, configHash: "", config: null, data: "", jobs: null, done: true };
  return { ...facts(record, path), ...none, kind, preset: kind, recordVersion, readPath, measurements };
}

function cellSource(json: unknown, path: string): SourceRecord {
  const record = CELL_RECORD.parse(json);
  const folder = dirname(path);
  const runDir = folder.endsWith("records") ? folder.slice(0, -"records".length) || "." : null;
  const done = record.status === "ok" || record.status === "quick";
  return {
    ...facts(record, path),
    kind: "cells",
    recordVersion: record.version,
    preset: record.preset,
    cell: record.cell.replace(/\/seed-\d+(?=\/|$)/, ""),
    seed: record.seed,
    configHash: record.configHash,
    config: record.config,
    data: record.dataset.sha256,
    readPath: record.readPath,
    jobs: record.jobs,
    done,
    measurements: done ? cellMetrics(record, runDir) : [],
  };
}

/** The weights are the subject of an evaluation, and a later network has others: they are not part of the configuration. */
function attackSource(json: unknown, path: string): SourceRecord {
  const record = ATTACK_RECORD.parse(json);
  const {
    weights,
    codeHash: _code,
    adapter: _adapter,
    readPath,
    seed: _seed,
    data,
    ...rest
  } = record.configuration;
  const { sha256: _weights, ...network } = weights ?? {};
  const config = { ...rest, images: data.n, network };
  return {
    ...facts(record, path),
    kind: "attack",
    recordVersion: record.version,
    preset: "attack",
    cell: "",
    seed: record.configuration.seed,
    configHash: configHash(config),
    config,
    data: data.sha256,
    readPath,
    jobs: null,
    done: true,
    measurements: attackMetrics(record, dirname(path)),
  };
}

function facts({ startedAt, durationMs, commit, dirty, machine, runtime }: Facts, path: string) {
  const { driver = null } = machine;
  return {
    path,
    startedAt,
    durationMs,
    commit,
    dirty,
    deno: runtime.deno,
    machine: machineClass(machine),
    driver,
  };
}
