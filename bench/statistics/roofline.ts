/** Compares a kernel with the adapter's measured ceilings. */

import { median } from "./median.ts";

/**
 * The medians of the ceilings by name: `arithmetic` in GFLOP/s; `copy`, `read` and `texture` in GB/s; `dispatch` in
 * microseconds. A ceiling that was not measured is absent.
 */
export type Ceilings = Readonly<Record<string, number | undefined>>;

/** What is measured of a kernel. */
export interface KernelWork {
  /** 0 for operations that count their traffic alone. */
  readonly flops: number;
  /** Inputs read once and outputs written once. */
  readonly bytes: number;
  readonly dispatches: number;
  /** Milliseconds a run. */
  readonly samplesMs: readonly number[];
}

/** The limit that bounds a kernel. */
export type Bound = "arithmetic" | "memory" | "dispatch";

/** Where a kernel stands under the roof. */
export interface Standing {
  readonly ms: number;
  /** 0 for operations that count their traffic alone. */
  readonly gflops: number;
  /** GB/s of inputs and outputs, each moved once. */
  readonly gbPerSecond: number;
  /** Flops for each of those bytes. */
  readonly intensity: number;
  readonly bound: Bound;
  /** Time at the bound / measured time. */
  readonly share: number;
}

/** Ceilings by name, as medians. */
export function medianCeilings(
  ceilings: readonly { readonly name: string; readonly samples: readonly number[] }[],
): Ceilings {
  return Object.fromEntries(ceilings.map(({ name, samples }) => [name, median(samples)]));
}

/** The largest measured bandwidth, in GB/s, whatever the kind of access; 0 if none was measured. */
export function bandwidth({ copy = 0, read = 0, texture = 0 }: Ceilings): number {
  return Math.max(copy, read, texture);
}

/**
 * Compares a kernel with the time that arithmetic alone, moving its inputs and outputs once, or starting its
 * dispatches would take. The longest of the three bounds it: the first two are the roofline of Williams et al. 2009,
 * https://doi.org/10.1145/1498765.1498785. Null where arithmetic and memory were not measured.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const kernel = { flops: 4e9, bytes: 1e9, dispatches: 1, samplesMs: [80] };
 * const standing = standingOf(kernel, { arithmetic: 100, copy: 50, dispatch: 40 })!;
 * assertEquals([standing.gflops, standing.intensity, standing.bound, standing.share], [50, 4, "arithmetic", 0.5]);
 * ```
 */
export function standingOf(kernel: KernelWork, ceilings: Ceilings): Standing | null {
  const { flops, bytes, dispatches, samplesMs } = kernel;
  const memory = bandwidth(ceilings), { arithmetic = 0, dispatch = 0 } = ceilings;
  if (arithmetic === 0 || memory === 0) return null;
  const ms = median(samplesMs);
  const bounds: [Bound, number][] = [
    ["arithmetic", flops / arithmetic / 1e6],
    ["memory", bytes / memory / 1e6],
    ["dispatch", dispatches * dispatch / 1000],
  ];
  const [bound, boundMs] = bounds.reduce((longest, one) => one[1] > longest[1] ? one : longest);
  return {
    ms,
    gflops: flops / ms / 1e6,
    gbPerSecond: bytes / ms / 1e6,
    intensity: flops / bytes,
    bound,
    share: boundMs / ms,
  };
}
