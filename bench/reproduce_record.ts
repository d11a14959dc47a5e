import { openWorkbench } from "./cells/mod.ts";
import type { OpenWorkbench } from "./plan/cell.ts";
import { reproduce, type ReproduceRequest, type Reproduction } from "./reproduce/reproduce.ts";
import { eventProgress, type RunEvent } from "./run/events.ts";

/** How {@linkcode reproduceRecord} does it. */
export interface ReproduceRecordOptions extends Partial<Omit<ReproduceRequest, "path">> {
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
 * @throws {UsageError} If the record cannot be read, is not of a finished cell, or does not belong to the run beside it.
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
  const { onEvent = () => {}, signal = new AbortController().signal, dataDir = null, ...request } = options;
  return await reproduce({ ...request, path, dataDir }, {
    openWorkbench: options.openWorkbench ?? openWorkbench,
    progress: eventProgress(onEvent),
    signal,
  });
}
