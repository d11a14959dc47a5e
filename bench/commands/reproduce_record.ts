import { openWorkbench } from "../cells/mod.ts";
import { completeOptions, number, option } from "../../common/command_line/mod.ts";
import type { Backend } from "../../engine/device/backend.ts";
import { BACKEND_OPTION } from "../adapter/backend_option.ts";
import { defaultVariants, type Variants, VARIANTS_OPTION } from "../adapter/variants_option.ts";
import type { OpenWorkbench } from "../plan/cell.ts";
import { reproduce, type Reproduction } from "../reproduce/reproduce.ts";
import { DATA_OPTION } from "./shared_options.ts";
import { eventProgress, type RunEvent } from "../run/events.ts";

/** What can be asked for. */
export const REPRODUCE_OPTIONS = [
  DATA_OPTION,
  option({
    name: "tolerance",
    value: "NUMBER",
    type: number({ min: 0 }),
    default: 0.01,
    help: "how far metrics may differ: fractions in absolute terms, others relatively",
  }),
  BACKEND_OPTION,
  VARIANTS_OPTION,
] as const;

/** How {@linkcode reproduceRecord} does it. */
export interface ReproduceRecordOptions {
  /** Folder of the images, for records on real data. */
  readonly dataDir?: string | null;
  /** How far metrics may differ: fractions in absolute terms, others relatively. Default: 0.01. */
  readonly tolerance?: number | null;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend | null;
  /** How to choose among an operation's variants. Default: timed on hardware, else the fixed table. */
  readonly variants?: Variants | null;
  /** Told what happens, event by event. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Abort it to stop after the current step; then the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Opens device and data. Default: the real ones. */
  readonly openWorkbench?: OpenWorkbench;
}

/**
 * Runs the cell of a record again, in a temporary folder, and says whether the same comes out:
 * `deno task bench reproduce RECORD`.
 *
 * @param path The record, in the `records` folder of its run.
 * @throws {UsageError} If the record cannot be read, is not of a finished cell, or does not belong to the run of its folder.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { reproduceRecord } from "./reproduce_record.ts";
 * // const { verdict, first } = await reproduceRecord("runs/mine/records/sl--natural--seed-0.json");
 * await assertRejects(() => reproduceRecord("no/records/such.json"), Error, "Cannot reproduce no/records/such.json");
 * ```
 */
export async function reproduceRecord(
  path: string,
  options: ReproduceRecordOptions = {},
): Promise<Reproduction> {
  const { onEvent = () => {}, signal = new AbortController().signal } = options;
  const { variants, ...complete } = completeOptions(options, REPRODUCE_OPTIONS);
  return await reproduce({ ...complete, path, variants: variants ?? defaultVariants() }, {
    openWorkbench: options.openWorkbench ?? openWorkbench,
    progress: eventProgress(onEvent),
    signal,
  });
}
