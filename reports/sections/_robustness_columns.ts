import { autoAttackLabels, autoAttackOf, settingsWords } from "../auto_attack.ts";
import { attackLabels, attackOf, type Group, metricSpread, metricValues } from "../groups.ts";
import { spread } from "../../bench/statistics/spread.ts";
import { testSizeOf } from "../test_size.ts";
import type { LoadedRecord } from "../types.ts";
import { accuracyColumn, type Column } from "./_column.ts";

/**
 * Robust accuracy: AutoAttack's where it was run, with clean accuracy and PGD on the same images; then PGD's on all. A
 * column for each attack and settings: numbers of different ones are not to be compared.
 */
export function robustnessColumns(groups: readonly Group[]): Column[] {
  const auto = autoAttackLabels(groups).flatMap((settings) => autoAttackColumns(settings, groups));
  const attacks = attackLabels(groups);
  if (attacks.length === 0) {
    return groups.some((group) => metricSpread(group, "robustAccuracy"))
      ? [...auto, accuracyColumn("robustAccuracy", ["Robust accuracy", "attack not recorded"])]
      : auto;
  }
  const name = auto.length > 0 ? "Accuracy under PGD" : "Robust accuracy";
  const size = auto.length > 0 ? testSizes(groups) : "";
  return [
    ...auto,
    ...attacks.map((attack): Column => ({
      ...accuracyColumn("robustAccuracy", [name, `${attack}${size}`]),
      key: attacks.length > 1 ? `robustAccuracy (${attack})` : "robustAccuracy",
      value: under("robustAccuracy", (loaded) => attackOf(loaded)?.label === attack),
    })),
  ];
}

/** AutoAttack, with clean accuracy and PGD on the same images. Records of earlier versions lack the former. */
function autoAttackColumns(settings: string, groups: readonly Group[]): Column[] {
  const several = autoAttackLabels(groups).length > 1;
  const key = (metric: string) => several ? `${metric} (${settings})` : metric;
  const has = (loaded: LoadedRecord) => {
    const view = autoAttackOf(loaded);
    return view !== null && settingsWords(view) === settings;
  };
  const records = groups.flatMap(({ done }) => done).filter(has);
  const n = autoAttackOf(records[0])?.n ?? null;
  const error = n === null ? "" : `, standard error up to ${(50 / Math.sqrt(n)).toFixed(1)} points`;
  const pgd = [...new Set(records.flatMap((loaded) => attackOf(loaded)?.label ?? []))].join("; ") || "PGD";
  const column = (metric: string, words: readonly [string, string]): Column => ({
    ...accuracyColumn(metric, words),
    key: key(metric),
    value: under(metric, has),
  });
  const attacked = records.some(({ record }) => "attackedCleanAccuracy" in record.metrics);
  return [
    ...(attacked
      ? [column("attackedCleanAccuracy", ["Clean accuracy, attacked images", `first ${n} test images`])]
      : []),
    column("autoAttackAccuracy", ["Robust accuracy: AutoAttack", `${settings}${error}`]),
    column("pgdAccuracy", ["PGD on the same images", pgd]),
  ];
}

/** ", all 1000 test images" where the records agree on their number. */
function testSizes(groups: readonly Group[]): string {
  const sizes = new Set(groups.flatMap(({ done }) => done.map(({ record }) => testSizeOf(record.config))));
  const [size] = sizes;
  return sizes.size === 1 && size !== null ? `; all ${size} test images` : "; all test images";
}

/** The spread of a metric over those records of a group that are meant. */
function under(metric: string, isMeant: (loaded: LoadedRecord) => boolean): Column["value"] {
  return (group) => {
    const paths = new Set(group.done.filter(isMeant).map(({ path }) => path));
    return spread(
      metricValues(group, metric).filter(({ path }) => paths.has(path)).map(({ value }) => value),
    );
  };
}
