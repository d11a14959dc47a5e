/** What is compared, whatever file it comes from. */
import { adapterName } from "../../record/env.ts";
import type { MachineClass, MeasuredKind, QuantityKind } from "../../records/history_line.ts";
import type { MachineInfo } from "../../schema.ts";

/** Samples of one quantity of one record. */
export interface Measurement {
  /** Unique within its record: "probeAccuracy", "kernels / conv2d 128x32x32x16 to 16". */
  readonly name: string;
  readonly kind: QuantityKind;
  readonly unit: string;
  /** Which direction is an improvement. */
  readonly better: "less" | "more";
  readonly samples: readonly number[];
  /** Test images behind an accuracy; null where it is none or not known. */
  readonly images: number | null;
  /** Where it is written of each image whether it was right; null where it is not. */
  readonly outcomes: { readonly path: string; readonly sha256: string; readonly tensor: string } | null;
}

/** One record: a cell with its seed, or a single file. */
export interface SourceRecord {
  readonly path: string;
  readonly kind: MeasuredKind;
  readonly recordVersion: number;
  /** The preset, or the kind. */
  readonly preset: string;
  /** The cell without its seed; "" for records that are no cells. */
  readonly cell: string;
  readonly seed: number | null;
  readonly configHash: string;
  /** The configuration itself, to name what differs; null where only the hash is known. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Hash of the data; "" where there are none. */
  readonly data: string;
  readonly machine: MachineClass;
  /** The driver's version, which is no part of the machine's class: whether a new one is slower is what is asked. */
  readonly driver: string | null;
  readonly kernelVariant: string;
  readonly jobs: number | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly deno: string;
  readonly startedAt: string;
  /** Whether it ended well; failed and skipped cells have no measurements. */
  readonly done: boolean;
  readonly measurements: readonly Measurement[];
}

/** BASE or HEAD. */
export interface Side {
  /** As it was given. */
  readonly path: string;
  readonly records: readonly SourceRecord[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** What of a machine decides its times. */
export function machineClass({ cpu, cores, os, adapter }: MachineInfo): MachineClass {
  return { cpu, cores, os, adapter: adapterName(adapter) };
}

/** A quantity's name over all cells: "sl/natural / probeAccuracy". */
export function fullName(cell: string, name: string): string {
  return cell === "" ? name : `${cell} / ${name}`;
}
