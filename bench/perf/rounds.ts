/** What was measured round by round, put together. */
import type { Ceiling, TrainingTime } from "../records/perf_record.ts";

/**
 * The same quantities of every round, each with the samples of all rounds.
 *
 * @param rounds Lists of equal length and order; none for nothing.
 * @param join Puts what a quantity was in two rounds together, the earlier one first.
 */
export function joinRounds<T>(rounds: readonly (readonly T[])[], join: (a: T, b: T) => T): T[] {
  return (rounds[0] ?? []).map((_, i) => rounds.map((list) => list[i]).reduce(join));
}

/** All samples; everything else is that of the first round. */
export function joinSamples<T extends { readonly samplesMs: readonly number[] }>(a: T, b: T): T {
  return { ...a, samplesMs: [...a.samplesMs, ...b.samplesMs] };
}

/** The same of what is no time. */
export function joinCeilings(a: Ceiling, b: Ceiling): Ceiling {
  return { ...a, samples: [...a.samples, ...b.samples] };
}

/** The same; device memory from after the first step of the first round to after the last step of the last, and its peak. */
export function joinTrainings(a: TrainingTime, b: TrainingTime): TrainingTime {
  const liveBytes = [a.liveBytes[0], b.liveBytes[1]] as const;
  return { ...joinSamples(a, b), liveBytes, peakBytes: Math.max(a.peakBytes, b.peakBytes) };
}
