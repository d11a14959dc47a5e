/** The record of `bench peers`: the same workloads on this engine and on other frameworks, every sample of them. */
import { isObject, type JsonFields } from "../../common/is_object.ts";
import { ENVELOPE } from "./envelope.ts";
import { recordKind, type RecordOf } from "./kind.ts";
import {
  count,
  type Infer,
  list,
  mapOf,
  number,
  object,
  orNull,
  positive,
  positiveCount,
  renamed,
  shown,
  text,
} from "./rules.ts";

/** A framework that was asked for. */
const framework = object({
  name: text,
  title: text,
  /** Null if it could not be started. */
  version: orNull(text),
  /** "WebGPU", "CPU". */
  backend: text,
  /** Adapter, or threads and libraries; null if it could not be started. */
  device: orNull(text),
  /** Why it could not be started; null if it could. */
  missing: orNull(text),
});

/** One framework on one workload. */
const row = object({
  workload: text,
  framework: text,
  /** Repetitions of the workload in a sample. */
  steps: count,
  /** Milliseconds a step, one for each round, in the order of the rounds; empty if it failed. */
  samplesMs: list(positive),
  /** Numbers that were compared with this engine: losses, values of results, the change of each parameter. */
  checks: mapOf(list(number)),
  /** Its median by this engine's, and the same of every round; null for this engine, and where the workload differs. */
  ratio: orNull(object({ median: positive, rounds: list(positive) })),
  /** The reason for a missing time or ratio; null if both are given. */
  reason: orNull(text),
  /** Differences that do not forbid a ratio. */
  notes: list(text),
});

/** Records of `bench peers`. */
export const PEERS_RECORD = recordKind({
  schema: "realfeatures/peers",
  what: "the record of bench peers",
  fields: {
    ...ENVELOPE,
    command: text,
    /** The memory that this engine's kernels read from: "buffer" or "texture". */
    readPath: text,
    /** How often every framework was timed on every workload. */
    rounds: positiveCount,
    workloads: list(object({ name: text, title: text })),
    /** This engine first. */
    frameworks: list(framework),
    /** One for each workload of each framework that could be started. */
    rows: list(row),
  },
  migrations: [toVersion2],
  together: ({ rounds, workloads, frameworks, rows }) =>
    rows.flatMap((row, i) => [
      ...(workloads.some(({ name }) => name === row.workload)
        ? []
        : [`rows[${i}].workload is not among workloads, got ${shown(row.workload)}`]),
      ...(frameworks.some(({ name }) => name === row.framework)
        ? []
        : [`rows[${i}].framework is not among frameworks, got ${shown(row.framework)}`]),
      ...Object.entries({ samplesMs: row.samplesMs, "ratio.rounds": row.ratio?.rounds ?? [] })
        .filter(([, list]) => list.length !== rounds && list.length !== 0)
        .map(([name, list]) => `rows[${i}].${name} holds ${list.length} numbers for ${rounds} rounds`),
    ]),
});

/** Version 1 had works and peers. */
function toVersion2(old: JsonFields): JsonFields {
  const fields = renamed(old, { works: "workloads", peers: "frameworks", kernelVariant: "readPath" });
  if (!Array.isArray(fields.rows)) return fields;
  const rows = fields.rows.map((row) =>
    isObject(row) ? renamed(row, { work: "workload", peer: "framework" }) : row
  );
  return { ...fields, rows };
}

/** The record of `bench peers`. */
export type PeersRecord = RecordOf<typeof PEERS_RECORD>;

/** A framework that was asked for. */
export type FrameworkInfo = Infer<typeof framework>;

/** One framework on one workload. */
export type FrameworkRow = Infer<typeof row>;
