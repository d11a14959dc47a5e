import type { Gpu } from "./device.ts";

/** Work between two marks in the device's queue, in ms. */
const BURST_MS = 100;
/** Maximum number of steps between two marks. */
const MAX_STEPS = 1024;

/**
 * Paces a loop that submits steps without reading anything back: await {@linkcode Pace.step} after each. The device's
 * queue then holds about 0.2 s of work, or two steps, and never runs empty; the event loop runs; an aborted signal ends
 * the loop between two steps.
 */
export class Pace {
  readonly #gpu: Gpu;
  /** Steps between two marks. */
  #burst = 1;
  #steps = 0;
  #markedAt = performance.now();
  /** Resolves when the device has done all up to the last mark. */
  #mark: Promise<unknown> = Promise.resolve();

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /**
   * Call it after each submitted step.
   *
   * @throws {GpuError} If the device reported an error.
   * @throws The reason of the device's current signal, once aborted.
   */
  async step(): Promise<void> {
    if (++this.#steps >= this.#burst) await this.#queueUp();
    await this.#gpu.turn();
  }

  /** Waits for the last mark and sets the next one; the queue keeps work meanwhile. */
  async #queueUp(): Promise<void> {
    const mark = this.#gpu.device.queue.onSubmittedWorkDone();
    mark.catch(() => {}); // the loop may end before it is waited for
    await this.#mark;
    const now = performance.now();
    const wanted = this.#burst * BURST_MS / Math.max(1, now - this.#markedAt);
    this.#burst = Math.max(1, Math.min(MAX_STEPS, 2 * this.#burst, Math.round(wanted)));
    this.#mark = mark;
    this.#markedAt = now;
    this.#steps = 0;
  }
}
