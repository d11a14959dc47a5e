import { testSizeOf } from "./test_size.ts";
import { count, percent, points } from "./format.ts";
import { type Group, metricValues, shortParadigm } from "./groups.ts";
import { type Combination, type Estimate, type Ratio, ratioEstimate } from "./ratio_estimate.ts";

/** Usefulness of a feature set relative to natural, under each paradigm and over all of them. */
export interface SetUsefulness {
  /** Key for `featureSetStyle`. */
  readonly set: string;
  readonly label: string;
  /** The paradigms that the run has the set under, in the order of every table. */
  readonly paradigms: readonly { readonly paradigm: string; readonly estimate: Estimate }[];
  /** The other paradigms of the run. */
  readonly absent: readonly string[];
  /** Smallest and mean value over these paradigms, taken seed by seed; null under a single paradigm. */
  readonly minimum: Estimate | null;
  readonly mean: Estimate | null;
}

/**
 * Relative usefulness of every feature set but natural itself: (probe accuracy - chance) / (probe accuracy of natural
 * under the same paradigm and seed - chance), then minimum and mean over the paradigms, then the mean over seeds.
 * A seed enters minimum and mean only where every paradigm of the set has a value, so that all cover the same paradigms.
 * Adversarially trained encoders are not a feature set and are left out.
 *
 * @param groups The run's trained groups, all paradigms, in their order.
 */
export function relativeUsefulness(groups: readonly Group[]): SetUsefulness[] {
  const eligible = groups.filter((group) =>
    group.paradigm !== null && group.set !== "natural" && !/adversarial/.test(group.set)
  );
  const all = [...new Set(groups.flatMap(({ paradigm }) => paradigm ?? []))];
  const labels = [...new Set(eligible.map(({ label }) => label))];
  return labels.map((label) => {
    const members = eligible.filter((group) => group.label === label);
    const ratios = members.map((group) => ratiosOf(group, groups));
    const over = (combination: Combination) => members.length < 2 ? null : ratioEstimate(ratios, combination);
    return {
      set: members[0].set,
      label,
      paradigms: members.map((group, at) => ({
        paradigm: group.paradigm!,
        estimate: ratioEstimate([ratios[at]]),
      })),
      absent: all.filter((name) => members.every(({ paradigm }) => paradigm !== name)),
      minimum: over("minimum"),
      mean: over("mean"),
    };
  });
}

/** Relative usefulness of one group under its own paradigm. */
export function groupUsefulness(group: Group, groups: readonly Group[]): Estimate {
  return ratioEstimate([ratiosOf(group, groups)]);
}

/** The group's ratio by seed, or why a seed has none. */
function ratiosOf(group: Group, groups: readonly Group[]): Ratio[] {
  const natural = groups.find((other) => other.set === "natural" && other.paradigm === group.paradigm);
  const name = shortParadigm(group.paradigm);
  const valueOf = (from: Group | undefined, { metric, seed }: { metric: string; seed: number }) =>
    from && metricValues(from, metric).find((value) => value.seed === seed)?.value;
  return [...group.done, ...group.unfinished].map(({ record }): Ratio => {
    const { seed } = record;
    const undefinedFor = (reason: string): Ratio => ({ seed, reason: `${name}, seed ${seed}: ${reason}` });
    const accuracy = valueOf(group, { metric: "probeAccuracy", seed });
    const top = valueOf(natural, { metric: "probeAccuracy", seed });
    const chance = valueOf(natural, { metric: "chance", seed });
    if (accuracy === undefined) {
      return undefinedFor(
        group.unfinished.some((other) => other.record === record)
          ? `the cell ${record.status === "failed" ? "failed" : "was skipped"}`
          : "its probe accuracy was not measured",
      );
    }
    if (top === undefined) return undefinedFor("natural has no probe accuracy");
    if (chance === undefined) return undefinedFor("chance was not recorded");
    const testSize = testSizeOf(record.config);
    const error = samplingError(top, testSize);
    if (top - chance <= error) {
      const by = testSize === null
        ? ""
        : ` by more than the sampling error of ${count(testSize, "test image")} (${points(error)} points)`;
      return undefinedFor(
        `natural, ${percent(top)}, is not above chance, ${percent(chance)}${by && `,${by}`}`,
      );
    }
    return { seed, accuracy, natural: top, chance, testSize };
  });
}

/** Half the width of a 95 % interval of an accuracy over test sets of this size, by the normal approximation. */
function samplingError(accuracy: number, testSize: number | null): number {
  if (testSize === null) return 0;
  const p = (accuracy * testSize + 0.5) / (testSize + 1);
  return 1.96 * Math.sqrt(p * (1 - p) / testSize);
}
