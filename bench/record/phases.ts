/** What a cell's time goes into: measured piece by piece, so that a plan can be made from a short profile. */
import type { Gpu } from "../../engine/device/device.ts";

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

/** Measurements of a cell, for a later process to continue from. */
export interface Work extends Pick<PhaseLog, "phases" | "peakBytes"> {
  /** What the device had chosen, by operation, shapes and settings. Default: nothing that is not chosen again. */
  readonly choices?: Readonly<Record<string, string>>;
}

/** Collects the phases of a cell and its peak memory. */
export class PhaseLog {
  readonly #gpu: Gpu;
  readonly #phases: Phase[] = [];
  /** What was held before the cell began is not the cell's. */
  readonly #bytesBefore: number;
  #earlierPeak = 0;
  #begun: { readonly name: PhaseName; readonly startedAt: number; readonly flops: number } | null = null;

  /** The memory's high-water mark starts here. */
  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#bytesBefore = gpu.buffers.liveBytes;
    gpu.buffers.resetPeak();
  }

  /** The phases so far, those of one name added up. */
  get phases(): readonly Phase[] {
    return sumPhases(this.#phases);
  }

  /** Peak device memory of the cell, in bytes: the same in any process and order of cells. */
  get peakBytes(): number {
    return Math.max(this.#earlierPeak, this.#gpu.buffers.peakBytes - this.#bytesBefore);
  }

  /**
   * Goes on from what an earlier process had measured of the cell, in place of what this one has: work that it had to
   * do again counts once.
   */
  restore({ phases, peakBytes, choices = {} }: Work): void {
    this.#phases.splice(0, Infinity, ...phases);
    this.#earlierPeak = peakBytes;
    for (const [key, choice] of Object.entries(choices)) this.#gpu.chosenVariants.set(key, choice);
  }

  /** All so far, with `units` done of the piece of work under way. */
  workSoFar(units: number): Work {
    const pieces = this.#begun === null ? this.phases : sumPhases([...this.#phases, this.#piece(units)]);
    return {
      phases: pieces,
      peakBytes: this.peakBytes,
      choices: Object.fromEntries(this.#gpu.chosenVariants),
    };
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
    this.#begun = { name, startedAt: performance.now(), flops: this.#gpu.work.flops };
    const result = await work(); // if it throws, what was done of it still counts for `workSoFar`
    await this.#gpu.heed(null, () => this.#gpu.idle());
    this.#phases.push(this.#piece(typeof units === "number" ? units : units(result)));
    this.#begun = null;
    return result;
  }

  #piece(units: number): Phase {
    const { name, startedAt, flops } = this.#begun!;
    return {
      name,
      units,
      durationMs: performance.now() - startedAt,
      flops: this.#gpu.work.flops - flops,
    };
  }
}

/** Milliseconds of each piece of a phase. */
export function samplesOf({ samples, durationMs }: Phase): readonly number[] {
  return samples ?? [durationMs];
}

function sumPhases(phases: readonly Phase[]): Phase[] {
  const sums = new Map<PhaseName, Phase>();
  for (const phase of phases) {
    const before = sums.get(phase.name);
    sums.set(phase.name, before === undefined ? phase : addPhases(before, phase));
  }
  return [...sums.values()];
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
