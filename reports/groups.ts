import { featureSetOrder, featureSetStyle } from "./feature_sets.ts";
import { count } from "./format.ts";
import { isObject } from "../common/is_object.ts";
import { type Spread, spread } from "../bench/statistics/spread.ts";
import { type LoadedRecord, type LoadedRun, pathOfMetric } from "./types.ts";

/** A paradigm's name for readers, "contrastive learning (CL)": as its records say, or its short name. */
export function paradigmLabel(
  { paradigm, done, unfinished }: Pick<Group, "paradigm" | "done" | "unfinished">,
): string {
  const said = [...done, ...unfinished].map(({ record }) => record.config.paradigmLabel);
  const label = said.find((text) => typeof text === "string");
  return typeof label === "string" ? label : shortParadigm(paradigm);
}

/** A paradigm's short name, "SL". */
export function shortParadigm(paradigm: string | null): string {
  return paradigm?.toUpperCase() ?? "unnamed";
}

/** The groups of each paradigm, in order. */
export function byParadigm(groups: readonly Group[]): Group[][] {
  const names = [...new Set(groups.map((group) => group.paradigm))];
  return names.map((name) => groups.filter((group) => group.paradigm === name));
}

/** The cells that differ in nothing but the seed. */
export interface Group {
  /** The cell's name without the seed, "sl/non-robust". */
  readonly name: string;
  readonly paradigm: string | null;
  /** Key for `featureSetStyle`: the feature set, or "adversarial". */
  readonly set: string;
  /** Its label in tables; the cell's name is added if two groups share a label. */
  readonly label: string;
  /** Records with numbers, by seed. */
  readonly done: readonly LoadedRecord[];
  /** Records that ended as failed or skipped. */
  readonly unfinished: readonly LoadedRecord[];
}

/** Groups the records of one kind over seeds, paradigms in the order in which the run has them. */
export function groupOverSeeds(run: LoadedRun, kind: "train" | "construct"): Group[] {
  const members = new Map<string, LoadedRecord[]>();
  for (const loaded of run.records.filter(({ record }) => record.kind === kind)) {
    const key = nameWithoutSeed(loaded.record.cell);
    members.set(key, [...members.get(key) ?? [], loaded]);
  }
  const groups = [...members].map(([name, list]) => {
    const { paradigm } = list[0].record;
    const records = list.toSorted((a, b) => a.record.seed - b.record.seed);
    const isDone = ({ record }: LoadedRecord) => record.status === "ok" || record.status === "quick";
    const set = setKey(list[0]);
    const label = featureSetStyle(set).label;
    return {
      name,
      paradigm,
      set,
      label,
      done: records.filter(isDone),
      unfinished: records.filter((r) => !isDone(r)),
    };
  });
  const paradigms = [null, ...groups.flatMap(({ paradigm }) => paradigm ?? [])];
  return disambiguate(groups).sort((a, b) =>
    paradigms.indexOf(a.paradigm) - paradigms.indexOf(b.paradigm) ||
    featureSetOrder(a.set) - featureSetOrder(b.set) || (a.name < b.name ? -1 : 1)
  );
}

/** A cell's name without its seed: "sl/natural/seed-3" gives "sl/natural". */
export function nameWithoutSeed(cell: string): string {
  return cell.split("/").filter((part) => !/^seed-?\d+$/.test(part)).join("/");
}

function setKey({ record }: LoadedRecord): string {
  const set = record.featureSet ?? "unnamed";
  if (record.training !== "adversarial") return set;
  return set === "natural" ? "adversarial" : `${set}, adversarially trained`;
}

function disambiguate(groups: Group[]): Group[] {
  const same = (a: Group) => groups.filter((b) => a.paradigm === b.paradigm && a.set === b.set).length > 1;
  return groups.map((group) => same(group) ? { ...group, label: `${group.label} (${group.name})` } : group);
}

/** One metric of a group by seed; seeds without it are left out. */
export function metricValues(group: Group, metric: string): { seed: number; value: number; path: string }[] {
  return group.done.flatMap((loaded) => {
    const { seed, metrics } = loaded.record;
    return metric in metrics
      ? [{ seed, value: metrics[metric].value, path: pathOfMetric(loaded, metric) }]
      : [];
  });
}

/** Mean and spread of one metric over a group's seeds, or null where no record has it. */
export function metricSpread(group: Group, metric: string): Spread | null {
  return spread(metricValues(group, metric).map(({ value }) => value));
}

/** The attack that robust accuracy was measured under, or null where the config does not say. */
export interface AttackView {
  /** "PGD, L2, eps 0.25, 20 steps, 1 restart". */
  readonly label: string;
  readonly eps: number;
}

/** Reads `config.evaluation.attack` of a record, as far as it is there. */
export function attackOf({ record }: LoadedRecord): AttackView | null {
  const evaluation = record.config.evaluation;
  const attack = isObject(evaluation) ? evaluation.attack : null;
  if (!isObject(attack) || typeof attack.eps !== "number") return null;
  const parts = [
    String(attack.name ?? "PGD").toUpperCase(),
    attack.norm,
    `eps ${attack.epsLabel ?? attack.eps}`,
    typeof attack.steps === "number" && count(attack.steps, "step"),
    typeof attack.restarts === "number" && count(attack.restarts, "restart"),
  ];
  return { label: parts.filter((part) => part).join(", "), eps: attack.eps };
}

/** The distinct attacks among groups, in order of appearance. */
export function attackLabels(groups: readonly Group[]): string[] {
  return [...new Set(groups.flatMap((group) => group.done.flatMap((r) => attackOf(r)?.label ?? [])))];
}

/** The distinct seeds among groups, ascending. */
export function seedsOf(groups: readonly Group[]): number[] {
  const all = groups.flatMap(({ done, unfinished }) =>
    [...done, ...unfinished].map(({ record }) => record.seed)
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Why a group has no number: "failed", "skipped", or both. */
export function unfinishedWord(group: Group): string {
  return [...new Set(group.unfinished.map(({ record }) => record.status))].sort().join(", ");
}
