/** What a cell's time goes into: measured piece by piece, so that a plan can be made from a short rehearsal. */
import type { Gpu } from "../../engine/device.ts";

/** Kinds of work, each with a unit that its time is proportional to. */
export type PhaseName =
  /** An image trained on once. */
  | "train"
  /** An image whose features a probe is trained or tested on. */
  | "probe"
  /** An image classified. */
  | "clean"
  /** An image in one step of an attack. */
  | "attack"
  /** An image in one step of a construction. */
  | "construct"
  /** Whatever is done once. */
  | "other";

/** A measured piece of a cell. */
export interface Phase {
  readonly name: PhaseName;
  readonly units: number;
  readonly durationMs: number;
  /** Multiplications and additions. */
  readonly flops: number;
  /** Milliseconds of each piece of it, in their order. Default: one piece. */
  readonly samples?: readonly number[];
}

/** Collects the phases of a cell, and the most memory it held. */
export class PhaseLog {
  readonly #gpu: Gpu;
  readonly #phases: Phase[] = [];
  #earlierPeak = 0;

  /** The memory's high-water mark starts here. */
  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    gpu.buffers.resetPeak();
  }

  /** The phases so far, those of one name added up. */
  get phases(): readonly Phase[] {
    const sums = new Map<PhaseName, Phase>();
    for (const phase of this.#phases) {
      const before = sums.get(phase.name);
      sums.set(phase.name, before === undefined ? phase : addPhases(before, phase));
    }
    return [...sums.values()];
  }

  /** The most device memory held at once, in bytes. */
  get peakBytes(): number {
    return Math.max(this.#earlierPeak, this.#gpu.buffers.peakBytes);
  }

  /**
   * Goes on from what an earlier process had measured of the cell, in place of what this one has: work that it had to
   * do again counts once.
   */
  restore({ phases, peakBytes }: Pick<PhaseLog, "phases" | "peakBytes">): void {
    this.#phases.splice(0, Infinity, ...phases);
    this.#earlierPeak = peakBytes;
  }

  /** Multiplications and additions so far. */
  get flops(): number {
    return this.#phases.reduce((sum, { flops }) => sum + flops, 0);
  }

  /**
   * Does a piece of work and notes its time, up to when the device has done it.
   *
   * @param units Or what they come to, where the work decides on how much there is of it.
   */
  async measure<T>(
    name: PhaseName,
    units: number | ((result: T) => number),
    work: () => Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now(), before = this.#gpu.work.flops;
    const result = await work();
    await this.#gpu.idle();
    const flops = this.#gpu.work.flops - before;
    this.#phases.push({
      name,
      units: typeof units === "number" ? units : units(result),
      durationMs: performance.now() - startedAt,
      flops,
    });
    return result;
  }
}

/** Milliseconds of each piece of a phase. */
export function samplesOf({ samples, durationMs }: Phase): readonly number[] {
  return samples ?? [durationMs];
}

function addPhases(a: Phase, b: Phase): Phase {
  return {
    name: a.name,
    units: a.units + b.units,
    durationMs: a.durationMs + b.durationMs,
    flops: a.flops + b.flops,
    samples: [...samplesOf(a), ...samplesOf(b)],
  };
}
