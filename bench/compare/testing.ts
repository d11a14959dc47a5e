/** Made-up records and runs for the tests of this folder, with noise and drift. */
import { sealed } from "../records/seal.ts";
import { stream } from "../../common/random.ts";
import type { PerfRecord } from "../records/perf_record.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import type { CellRecord } from "../records/mod.ts";
import { fakeRecord } from "../testing.ts";
import { readRecord } from "./sides/read_record.ts";
import type { Side } from "./sides/source.ts";

/** Records as a side, without files. */
export async function sideOf(name: string, records: readonly object[]): Promise<Side> {
  const read = records.map((record, i) =>
    readRecord(JSON.parse(JSON.stringify(sealed(record))), `${name}/records/${i}.json`)
  );
  return { path: name, records: await Promise.all(read), notes: [] };
}

/** A source of normal values in their order. */
export function normals(seed: number): () => number {
  const random = stream(seed, "compare/testing");
  let i = 0;
  return () => random.normal(0, 0, i++);
}

/** Noise of made-up times, as standard deviations of logarithms. */
export interface TimeNoise {
  /** From sample to sample. */
  readonly sample: number;
  /** From one quantity to the next within a record, which are minutes apart. */
  readonly quantity: number;
  /** Of a whole record. */
  readonly record: number;
}

/** A performance record of 29 kernels with 5 samples each; `slower` multiplies the times of all, or of those numbered. */
export function noisyPerf(
  normal: () => number,
  noise: TimeNoise,
  { slower = 1, only }: { slower?: number; only?: readonly number[] } = {},
): PerfRecord {
  const offset = noise.record * normal();
  const kernels = Array.from({ length: 29 }, (_, i) => {
    const drift = offset + noise.quantity * normal(), factor = only?.includes(i) ?? true ? slower : 1;
    const samplesMs = Array.from(
      { length: 5 },
      () => 20 * factor * Math.exp(drift + noise.sample * normal()),
    );
    return { name: `kernel ${i}`, op: "k", flops: 1, bytes: 1, dispatches: 1, runs: 1, samplesMs };
  });
  return fakePerfRecord({ kernels, ceilings: [], training: [], attacks: [], start: null });
}

/** Standard deviations of made-up accuracies, in points: between seeds, and between re-runs of a seed. */
export interface AccuracyNoise {
  readonly seed: number;
  readonly rerun: number;
}

/** The cells of a made-up run: 4 cells x 5 seeds x 3 accuracies; `drops` are points by "cell metric". */
export function noisyRun(
  normals: { seeds: () => number; rerun: () => number },
  noise: AccuracyNoise,
  { drops = {}, seeds = 5 }: { drops?: Readonly<Record<string, number>>; seeds?: number } = {},
): CellRecord[] {
  const cells = ["sl/natural", "sl/robust", "cl/natural", "mim/natural"];
  return cells.flatMap((cell) =>
    Array.from({ length: seeds }, (_, seed) => {
      const accuracy = (name: string, points: number) => {
        const own = points + noise.seed * normals.seeds() + noise.rerun * normals.rerun() -
          (drops[`${cell} ${name}`] ?? 0);
        return { value: Math.min(1, Math.max(0, own / 100)), unit: "fraction" };
      };
      return fakeRecord({
        cell: `${cell}/seed-${seed}`,
        seed,
        config: { dataset: { testSize: 1000 } },
        metrics: {
          probeAccuracy: accuracy("probeAccuracy", 60),
          cleanAccuracy: accuracy("cleanAccuracy", 55),
          robustAccuracy: accuracy("robustAccuracy", 20),
          imagesPerSecond: { value: 500 * Math.exp(0.08 * normals.rerun()), unit: "images/s" },
          chance: { value: 0.1, unit: "fraction" },
        },
      });
    })
  );
}
