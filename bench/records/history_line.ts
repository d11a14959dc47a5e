/** One line of a history: what a run, or one record, measured, small enough to keep for years. */
import { isObject, type JsonFields } from "../../common/is_object.ts";
import { ENVELOPE } from "./envelope.ts";
import { recordKind, type RecordOf } from "./kind.ts";
import {
  amount,
  count,
  type Infer,
  list,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  orNull,
  pair,
  positiveCount,
  refine,
  renamed,
  some,
  text,
} from "./rules.ts";

/** The measured kind: cells of a preset, or one of the single records. */
const kind = oneOf("cells", "perf", "peers", "attack");

/** The kind of a quantity, which decides how two of them are compared. */
const quantityKind = oneOf("accuracy", "time", "memory");

const UNITS: Readonly<Record<QuantityKind, RegExp>> = {
  accuracy: /^fraction$/,
  time: /^(s|ms|us|ns)$|\/s$/,
  memory: /^bytes$/,
};

/** One quantity of one line. */
const metric = refine(
  object({
    /** The cell without its seed, "sl/natural"; "" for records that are not cells. */
    cell: text,
    /** "probeAccuracy"; "kernels / conv2d 128x32x32x16 to 16". */
    name: text,
    kind: quantityKind,
    unit: text,
    /** The direction of improvement. */
    better: oneOf("less", "more"),
    /** Number of test images behind an accuracy; null for other quantities, and if it is not recorded. */
    images: orNull(positiveCount),
    /** For a time the median of all samples, for others the mean over seeds. */
    value: number,
    /** Standard deviation of what `n` counts; null for one. */
    sd: orNull(amount),
    n: positiveCount,
    /** 95 % interval of the mean over seeds; for times the minimum and maximum of the samples; null for one. */
    interval: orNull(pair(number)),
    /** "mean of 5 seeds, 95 % t interval", "median of 5 samples, min and max". */
    statistic: text,
    /** Every value: by seed, or null for records without one. */
    values: list(object({ seed: orNull(count), samples: some(number) })),
  }),
  ({ kind, unit }) => UNITS[kind].test(unit) ? [] : [`.unit is not one of ${kind}, got "${unit}"`],
);

/** The machine of a line, as far as it decides times. */
const machineClass = object({ cpu: text, cores: positiveCount, os: text, adapter: text });

/** Lines of a history. */
export const HISTORY_LINE = recordKind({
  schema: "realfeatures/history",
  what: "a line of a history",
  fields: {
    /** When it was measured: ISO 8601, UTC. */
    startedAt: ENVELOPE.startedAt,
    /** Of all its records together; null in lines of version 1. */
    durationMs: orNull(amount),
    kind,
    /** The preset, or the kind. */
    preset: text,
    /** Of the newest record. */
    commit: ENVELOPE.commit,
    /**
     * Commits of the other records of a run that was resumed after a commit or reused cells: their keys say that the code
     * behind them is the same. Absent if there are no other commits.
     */
    otherCommits: optional(list(orNull(text))),
    dirty: ENVELOPE.dirty,
    runtime: object({ deno: text }),
    machine: machineClass,
    /** The graphics driver's version; absent if it is not known. */
    driver: optional(text),
    /** The memory that kernels read from: "buffer" or "texture". */
    readPath: text,
    /** Number of cells that ran at once; null for other records. */
    jobs: orNull(positiveCount),
    /** Hash of the data; "" without data. */
    data: text,
    /** Version of the records. */
    recordVersion: positiveCount,
    /** Hash of the configuration by cell. */
    configHashes: mapOf(text),
    /** Cells, with their seeds, that failed or were skipped. */
    unfinished: list(text),
    metrics: list(metric),
  },
  migrations: [toVersion2],
});

/** The numbers of records are the same in versions 1 and 2. */
function toVersion2(old: JsonFields): JsonFields {
  const { deno, metrics, recordVersion, ...rest } = renamed(old, {
    time: "startedAt",
    kernelVariant: "readPath",
    configs: "configHashes",
    undone: "unfinished",
  });
  const reworded = (one: unknown) =>
    isObject(one) && typeof one.statistic === "string"
      ? { ...one, statistic: one.statistic.replace(/least and most$/, "min and max") }
      : one;
  return {
    ...rest,
    durationMs: null,
    runtime: { deno },
    recordVersion: recordVersion === 1 ? 2 : recordVersion,
    metrics: Array.isArray(metrics) ? metrics.map(reworded) : metrics,
  };
}

/** One line of a history. */
export type HistoryLine = RecordOf<typeof HISTORY_LINE>;

/** One quantity of one line. */
export type HistoryMetric = Infer<typeof metric>;

/** The machine of a line, as far as it decides times. */
export type MachineClass = Infer<typeof machineClass>;

/** The measured kind: cells of a preset, or one of the single records. */
export type MeasuredKind = Infer<typeof kind>;

/** The kind of a quantity, which decides how two of them are compared. */
export type QuantityKind = Infer<typeof quantityKind>;
