/** Rules for the numbers of a metric. */
import {
  amount,
  count,
  faultsOf,
  fraction,
  list,
  mapOf,
  number,
  object,
  optional,
  refine,
  type Rule,
  rule,
  shown,
} from "./rules.ts";

/** Rules for values and samples, by unit. "pixels" is a distance in [0, 1] pixel units. */
const UNITS: Readonly<Record<string, Rule<number>>> = {
  fraction,
  pixels: amount,
  bytes: count,
  epochs: count,
  "images/s": amount,
  s: amount,
  ms: amount,
  us: amount,
  ns: amount,
  "1": number,
};

/** The units of metrics by their names; others may have any of the known ones. */
const UNIT_OF: Readonly<Record<string, string>> = {
  chance: "fraction",
  probeCurve: "fraction",
  probeCurveEpochs: "epochs",
  largestPerturbation: "pixels",
  autoAttackLargestPerturbation: "pixels",
  autoAttackSeconds: "s",
  imagesPerSecond: "images/s",
  peakBytes: "bytes",
  trainLoss: "1",
  flops: "1",
};

/** Rules of single metrics that differ from those of their units. */
const BY_NAME: Readonly<Record<string, Rule<number>>> = {
  flops: count,
  // A share of the distance before: it can have grown.
  remainingFeatureDistance: amount,
};

/** Metrics whose value is the last of their samples. */
const LAST_OF_SAMPLES = ["probeCurve", "probeCurveEpochs", "autoAttackAccuracy", "trainLoss"];

/** Numbers that the rule of their unit checks below. */
const checkedByUnit = rule<number>(() => true, "a number"),
  listCheckedByUnit = rule<number[]>(() => true, "a list");

/** The metrics of a record, by name. */
export const metrics = refine(
  mapOf(object({
    value: checkedByUnit,
    unit: rule<string>(isUnit, `one of ${Object.keys(UNITS).join(", ")}`),
    samples: optional(listCheckedByUnit),
  })),
  (all) => {
    const faults = Object.entries(all).flatMap(([key, metric]) => metricFaults(key, metric));
    return faults.length > 0 ? faults : curveFaults(all);
  },
);

function isUnit(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(UNITS, value);
}

interface Unchecked {
  readonly value: number;
  readonly unit: string;
  readonly samples?: readonly number[] | undefined;
}

function metricFaults(key: string, { value, unit, samples }: Unchecked): string[] {
  const expected = /(Accuracy|Fraction)$/.test(key) ? "fraction" : UNIT_OF[key];
  if (expected !== undefined && unit !== expected) {
    return [`.${key}.unit is not ${expected}, got ${shown(unit)}`];
  }
  const one = Object.hasOwn(BY_NAME, key) ? BY_NAME[key] : UNITS[unit];
  const faults = faultsOf(one, value, `.${key}.value`);
  if (samples !== undefined) faults.push(...faultsOf(list(one), samples, `.${key}.samples`));
  if (faults.length > 0 || samples === undefined || !LAST_OF_SAMPLES.includes(key)) return faults;
  const last = samples.at(-1);
  return last === value ? [] : [`.${key}.value is not the last of its samples, ${shown(last)}, got ${value}`];
}

function curveFaults({ probeCurve, probeCurveEpochs }: Readonly<Record<string, Unchecked>>): string[] {
  const [curve, epochs] = [probeCurve, probeCurveEpochs].map((metric) => metric?.samples?.length ?? 0);
  return curve === epochs ? [] : [`.probeCurve has ${curve} samples, .probeCurveEpochs ${epochs}`];
}
