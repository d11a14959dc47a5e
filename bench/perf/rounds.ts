/** Joins the measurements of several rounds. */
import type { Ceiling, TrainingTime } from "../records/perf_record.ts";

/**
 * The same quantities of every round, each with the samples of all rounds.
 *
 * @param rounds Lists of equal length and order; none for nothing.
 * @param join Joins a quantity of two rounds, the earlier one first.
 */
export function joinRounds<T>(rounds: readonly (readonly T[])[], join: (a: T, b: T) => T): T[] {
  return (rounds[0] ?? []).map((_, i) => rounds.map((list) => list[i]).reduce(join));
}

/** Joins the samples; other fields are those of the first round. */
export function joinSamples<T extends { readonly samplesMs: readonly number[] }>(a: T, b: T): T {
  return { ...a, samplesMs: [...a.samplesMs, ...b.samplesMs] };
}

/** The same for a ceiling. */
export function joinCeilings(a: Ceiling, b: Ceiling): Ceiling {
  return { ...a, samples: [...a.samples, ...b.samples] };
}

/** The same for a training step; device memory is that after the first step of the first round and after the last of the last, and the peak of both. */
export function joinTrainings(a: TrainingTime, b: TrainingTime): TrainingTime {
  const liveBytes = [a.liveBytes[0], b.liveBytes[1]] as const;
  return { ...joinSamples(a, b), liveBytes, peakBytes: Math.max(a.peakBytes, b.peakBytes) };
}
