/** A side of a comparison: records of any kind in one form. */
import { adapterName } from "../../record/env.ts";
import type { MachineClass, MeasuredKind, QuantityKind } from "../../records/history_line.ts";
import type { MachineInfo } from "../../records/mod.ts";

/** Samples of one quantity of one record. */
export interface Measurement {
  /** Unique within its record: "probeAccuracy", "kernels / conv2d 128x32x32x16 to 16". */
  readonly name: string;
  readonly kind: QuantityKind;
  readonly unit: string;
  /** Which direction is an improvement. */
  readonly better: "less" | "more";
  readonly samples: readonly number[];
  /** Number of test images behind an accuracy; null for other quantities, and if it is not recorded. */
  readonly images: number | null;
  /** The tensor of single outcomes, 1 for correct; null if there is no such file. */
  readonly outcomes: { readonly path: string; readonly sha256: string; readonly tensor: string } | null;
}

/** One record: a cell with its seed, or a single file. */
export interface SourceRecord {
  readonly path: string;
  readonly kind: MeasuredKind;
  readonly recordVersion: number;
  /** The preset, or the kind. */
  readonly preset: string;
  /** The cell without its seed; "" for records of other kinds. */
  readonly cell: string;
  readonly seed: number | null;
  readonly configHash: string;
  /** The configuration itself, to name differences; null if only the hash is known. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Hash of the data; "" without data. */
  readonly data: string;
  readonly machine: MachineClass;
  /** The driver's version. It is not part of the machine's class: a comparison may ask whether a new driver is slower. */
  readonly driver: string | null;
  readonly readPath: string;
  readonly jobs: number | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly deno: string;
  readonly startedAt: string;
  /** Null if it is not recorded. */
  readonly durationMs: number | null;
  /** Whether it succeeded; failed and skipped cells have no measurements. */
  readonly done: boolean;
  readonly measurements: readonly Measurement[];
}

/** BASE or HEAD. */
export interface Side {
  /** As it was given. */
  readonly path: string;
  readonly records: readonly SourceRecord[];
  /** Files that were left out, and why. */
  readonly notes: readonly string[];
}

/** The properties of a machine that decide its times. */
export function machineClass({ cpu, cores, os, adapter }: MachineInfo): MachineClass {
  return { cpu, cores, os, adapter: adapterName(adapter) };
}

/** A quantity's name over all cells: "sl/natural / probeAccuracy". */
export function fullName(cell: string, name: string): string {
  return cell === "" ? name : `${cell} / ${name}`;
}
