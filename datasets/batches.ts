/** Batches of a data set: the examples of each step.
 *
 * @module
 */
import type { Stream } from "../common/random.ts";

/** Options of the batches of a data set. */
export interface BatchesOptions {
  /** Number of examples. */
  count: number;
  batchSize: number;
  /** Leave out the last, smaller batch of each epoch. Default: true, as replayed programs have a fixed size. */
  dropLast?: boolean;
  /** A new random order each epoch. Default: true; false keeps 0, 1, 2, ... */
  shuffle?: boolean;
}

/**
 * The examples of the batch of each step. The batch is a function of the stream and the step alone, so to
 * resume a run it is enough to know the step.
 */
export interface Batches {
  readonly batchesPerEpoch: number;
  readonly batchSize: number;
  /** The example indices of step 0, 1, 2, ...; do not modify them. */
  at(step: number): Uint32Array<ArrayBuffer>;
  /** The epoch a step belongs to. */
  epochOf(step: number): number;
}

/**
 * Cuts `count` examples into batches; epoch e has the order `stream.permutation(e, count)`.
 *
 * @throws {RangeError} If there is no example, or no whole batch while `dropLast` is on.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stream } from "../common/random.ts";
 *
 * const order = batches(stream(0, "batches"), { count: 50_000, batchSize: 128 });
 * assertEquals(order.batchesPerEpoch, 390);
 * assertEquals(order.at(400).length, 128);
 * assertEquals(order.epochOf(400), 1);
 * ```
 */
export function batches(stream: Stream, options: BatchesOptions): Batches {
  const { count, batchSize, dropLast = true, shuffle = true } = options;
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Cannot make batches: count and batch size must be positive integers, they are ${count} and ${batchSize}`,
    );
  }
  const batchesPerEpoch = dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
  if (batchesPerEpoch === 0) {
    throw new RangeError(`Cannot make batches: ${count} examples do not fill one batch of ${batchSize}`);
  }
  let epochInOrder = -1;
  let order = shuffle ? new Uint32Array(0) : Uint32Array.from({ length: count }, (_, i) => i);
  const epochOf = (step: number) => Math.floor(step / batchesPerEpoch);
  return {
    batchesPerEpoch,
    batchSize,
    epochOf,
    at(step) {
      if (!Number.isInteger(step) || step < 0) {
        throw new RangeError(`Cannot take a batch: the step must be an integer from 0, it is ${step}`);
      }
      const epoch = epochOf(step);
      if (shuffle && epoch !== epochInOrder) {
        order = stream.permutation(epoch, count);
        epochInOrder = epoch;
      }
      const start = (step - epoch * batchesPerEpoch) * batchSize;
      return order.subarray(start, start + batchSize);
    },
  };
}
