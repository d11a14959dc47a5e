/** Which numbers a metric can have. */
import { type Fields, isObject } from "../../common/is_object.ts";
import { amount, count, fraction, list, number, type Rule, shown } from "./field_rules.ts";

/** What values and samples of each unit hold to. */
const UNITS: Readonly<Record<string, Rule>> = {
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

/** Rules of single metrics that are not those of their units. */
const BY_NAME: Readonly<Record<string, Rule>> = {
  flops: count,
  // A share of what it was before: it can have grown.
  remainingFeatureDistance: amount,
};

/** Metrics whose value is the last of their samples. */
const LAST_OF_SAMPLES = ["probeCurve", "probeCurveEpochs", "autoAttackAccuracy", "trainLoss"];

/** The metrics of a record, by name. */
export const metrics: Rule = (value, name) => {
  if (!isObject(value)) return [`${name} is not an object, got ${shown(value)}`];
  const faults = Object.entries(value).flatMap(([key, one]) => metric(one, { key, name: `${name}.${key}` }));
  return faults.length > 0 ? faults : curveFaults(value, name);
};

function metric(value: unknown, { key, name }: { key: string; name: string }): string[] {
  if (!isObject(value)) return [`${name} is not an object, got ${shown(value)}`];
  const { unit, samples } = value;
  if (typeof unit !== "string" || !Object.hasOwn(UNITS, unit)) {
    return [`${name}.unit is not one of ${Object.keys(UNITS).join(", ")}, got ${shown(unit)}`];
  }
  const expected = /(Accuracy|Fraction)$/.test(key) ? "fraction" : UNIT_OF[key];
  if (expected !== undefined && unit !== expected) {
    return [`${name}.unit is not ${expected}, got ${shown(unit)}`];
  }
  const rule = Object.hasOwn(BY_NAME, key) ? BY_NAME[key] : UNITS[unit];
  const faults = rule(value.value, `${name}.value`);
  if (samples !== undefined) faults.push(...list(rule)(samples, `${name}.samples`));
  if (faults.length > 0 || !LAST_OF_SAMPLES.includes(key) || !Array.isArray(samples)) return faults;
  const last = samples.at(-1);
  return last === value.value
    ? []
    : [`${name}.value is not the last of its samples, ${shown(last)}, got ${value.value}`];
}

function curveFaults(all: Fields, name: string): string[] {
  const [curve, epochs] = ["probeCurve", "probeCurveEpochs"].map((key) => lengthOfSamples(all[key]));
  return curve === epochs
    ? []
    : [`${name}.probeCurve has ${curve} samples, ${name}.probeCurveEpochs ${epochs}`];
}

function lengthOfSamples(one: unknown): number {
  return isObject(one) && Array.isArray(one.samples) ? one.samples.length : 0;
}
