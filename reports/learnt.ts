import { type Group, metricValues } from "./groups.ts";
import { testSizeOf } from "./test_size.ts";

/** The gain of a paradigm's encoder from training, by the probe on natural images. */
export interface Learnt {
  readonly paradigm: string;
  /** Probe accuracy of the trained encoder and of the untrained one, means over the seeds that have both. */
  readonly trained: number;
  readonly untrained: number;
  /** Whether the difference exceeds 1.96 standard errors of test sets of this size, pooled over the seeds. */
  readonly clear: boolean;
}

/**
 * The gain of each paradigm on the natural set; paradigms without a probe on the untrained encoder are left out. The two
 * accuracies count as independent, although they share test images: the standard error is rather too large.
 */
export function learntFromNatural(groups: readonly Group[]): Learnt[] {
  return groups.flatMap((group) => {
    if (group.set !== "natural" || group.paradigm === null) return [];
    const untrained = new Map(metricValues(group, "untrainedProbeAccuracy").map((v) => [v.seed, v.value]));
    const pairs = metricValues(group, "probeAccuracy").flatMap(({ seed, value }) =>
      untrained.has(seed) ? [[value, untrained.get(seed)!]] : []
    );
    const testSize = pairs.length === 0 ? null : testSizeOf(group.done[0].record.config);
    if (testSize === null) return [];
    const [after, before] = [0, 1].map((k) => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length);
    const variance = after * (1 - after) + before * (1 - before);
    const clear = after - before > 1.96 * Math.sqrt(variance / (testSize * pairs.length));
    return [{ paradigm: group.paradigm, trained: after, untrained: before, clear }];
  });
}
