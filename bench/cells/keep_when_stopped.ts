import type { Gpu } from "../../engine/device/device.ts";

/** Work that a signal may end wherever it waits. */
export interface Stoppable<T> {
  readonly signal: AbortSignal;
  readonly work: () => Promise<T>;
  /** Keeps what is done; the signal does not end it. */
  readonly keep: () => Promise<void>;
}

/** Does the work; if the signal ends it, what is done is kept first. */
export async function keepWhenStopped<T>(gpu: Gpu, { signal, work, keep }: Stoppable<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && error === signal.reason) await gpu.heed(null, keep);
    throw error;
  }
}
