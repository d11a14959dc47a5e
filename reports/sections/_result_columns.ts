import { isObject } from "../../common/is_object.ts";
import { percentSpread, significant } from "../format.ts";
import { type Group, metricSpread } from "../groups.ts";
import { groupUsefulness } from "../relative_usefulness.ts";
import { type Spread, spread } from "../../bench/statistics/spread.ts";
import { accuracyColumn, type Column } from "./_column.ts";
import { robustnessColumns } from "./_robustness_columns.ts";

/** The columns that the records have numbers for. */
export function resultColumns(groups: readonly Group[]): Column[] {
  const has = (metric: string) => groups.some((group) => metricSpread(group, metric));
  return [
    accuracyColumn("cleanAccuracy", ["Clean accuracy", "of the cell’s classifier"]),
    ...has("probeAccuracy")
      ? [accuracyColumn("probeAccuracy", ["Probe accuracy: usefulness", probeNote(groups)]), {
        name: "Relative usefulness",
        note: "natural = 100\u00a0%, chance = 0",
        key: "relativeUsefulness",
        value: (group: Group) => spread(groupUsefulness(group, groups).seeds.map(({ value }) => value)),
        show: percentSpread,
        interval: true,
      }]
      : [],
    ...robustnessColumns(groups),
    ...otherAttacks(groups).map((key) =>
      accuracyColumn(`${key}Accuracy`, [`Accuracy under ${key}`, "test images"])
    ),
    ...has("largestPerturbation")
      ? [{
        name: "Largest perturbation",
        note: "against eps",
        key: "largestPerturbation",
        value: (group: Group) => metricSpread(group, "largestPerturbation"),
        show: (s: Spread) => significant(s.mean),
      }]
      : [],
    ...has("robustCueAccuracy")
      ? [accuracyColumn("robustCueAccuracy", ["Robust cue only", "accuracy, planted data"])]
      : [],
    ...has("nonRobustCueAccuracy")
      ? [accuracyColumn("nonRobustCueAccuracy", ["Non-robust cue only", "accuracy, planted data"])]
      : [],
  ];
}

/** Names the training data of the linear head, because its accuracy depends on them. */
function probeNote(groups: readonly Group[]): string {
  const data = new Set(
    groups.flatMap(({ done }) =>
      done.map(({ record }) => isObject(record.config.probe) ? record.config.probe.data : undefined)
    ),
  );
  const words = data.size > 1
    ? null
    : { same: "the same set", natural: "natural images" }[String([...data][0])];
  return words ? `linear head, trained on ${words}` : "linear head on the frozen encoder";
}

/** Attacks of the preset's evaluation that have no column of their own; the metric of one is `<key>Accuracy`. */
function otherAttacks(groups: readonly Group[]): string[] {
  const keys = groups.flatMap(({ done }) =>
    done.flatMap(({ record: { config } }) =>
      isObject(config.evaluation) ? Object.keys(config.evaluation) : []
    )
  );
  return [...new Set(keys)].filter((key) =>
    key !== "autoAttack" && groups.some((group) => metricSpread(group, `${key}Accuracy`))
  );
}
