/**
 * One line of a history: what a run, or one record, measured, small enough to keep for years. Reports read these types
 * through `bench/schema.ts`; this file imports types alone.
 */
import type { MachineInfo } from "./cell_record.ts";

/** What `schema` says in such a line. */
export const HISTORY_SCHEMA = "realfeatures/history";

/** Raised whenever a field changes its meaning or goes away. */
export const HISTORY_VERSION = 1;

/** What was measured: cells of a preset, or one of the single records. */
export type MeasuredKind = "cells" | "perf" | "peers" | "attack";

/** What kind of quantity it is, which decides how two of them are compared. */
export type QuantityKind = "accuracy" | "time" | "memory";

/** One quantity of one line. */
export interface HistoryMetric {
  /** The cell without its seed, "sl/natural"; "" for records that are not cells. */
  readonly cell: string;
  /** "probeAccuracy"; "kernels / conv2d 128x32x32x16 to 16". */
  readonly name: string;
  readonly kind: QuantityKind;
  readonly unit: string;
  /** Which direction is an improvement. */
  readonly better: "less" | "more";
  /** Test images behind an accuracy; null where it is none or not known. */
  readonly images: number | null;
  /** For a time the median of all samples, for others the mean over seeds. */
  readonly value: number;
  /** Standard deviation of what `n` counts; null for one. */
  readonly sd: number | null;
  readonly n: number;
  /** 95 % interval of the mean over seeds; for times the least and the most sample; null for one. */
  readonly interval: readonly [low: number, high: number] | null;
  /** "mean of 5 seeds, 95 % t interval", "median of 5 samples, least and most". */
  readonly statistic: string;
  /** Every value: by seed, or null for what has none. */
  readonly values: readonly { readonly seed: number | null; readonly samples: readonly number[] }[];
}

/** The machine of a line, as far as it decides times. */
export type MachineClass = Pick<MachineInfo, "cpu" | "cores" | "os"> & { readonly adapter: string };

/** One line. */
export interface HistoryEntry {
  readonly schema: typeof HISTORY_SCHEMA;
  readonly version: number;
  /** When it was measured: ISO 8601, UTC. */
  readonly time: string;
  readonly kind: MeasuredKind;
  /** The preset, or the kind. */
  readonly preset: string;
  /** Of the newest record. */
  readonly commit: string | null;
  /**
   * Commits of the other records, where a run was resumed after a commit, or took cells over: their keys say that the code
   * which computed them is the same. Absent where there are none.
   */
  readonly otherCommits?: readonly (string | null)[];
  readonly dirty: boolean | null;
  readonly deno: string;
  readonly machine: MachineClass;
  /** The graphics driver's version; absent where it is not known. */
  readonly driver?: string;
  readonly kernelVariant: string;
  /** How many cells ran at once; null where it does not apply. */
  readonly jobs: number | null;
  /** Hash of the data; "" where there are none. */
  readonly data: string;
  /** Version of the records' schema. */
  readonly recordVersion: number;
  /** Hash of the configuration by cell. */
  readonly configs: Readonly<Record<string, string>>;
  /** Cells, with their seeds, that failed or were skipped. */
  readonly undone: readonly string[];
  readonly metrics: readonly HistoryMetric[];
}
