/** Thresholds: when a difference counts. */
import { readText } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import { readYaml } from "../config/read_yaml.ts";
import { isObject } from "../../common/is_object.ts";
import { shown } from "../records/rules.ts";
import { suggest } from "../../common/nearest.ts";
import { UsageError } from "../../common/usage_error.ts";

/** Limits of one metric. */
export interface Limits {
  /** Percentage points by which an accuracy must fall. */
  readonly accuracyDropPoints: number;
  /** Percent by which head must be slower if each side has five records or more. */
  readonly slowdownPercent: number;
  /** The same if a side has fewer records: their samples cannot show how the machine drifted between them. */
  readonly driftPercent: number;
  /** Records on each side with which a time can be a regression; with fewer it is unsure. */
  readonly minRecords: number;
  /** Percent by which device memory must grow. */
  readonly memoryPercent: number;
  /** Significance level of the rank test, and of a test over the images of one seed. */
  readonly significance: number;
  /** Show the metric but do not judge it. */
  readonly ignore: boolean;
}

/** The defaults. */
export const LIMITS: Limits = {
  accuracyDropPoints: 1,
  slowdownPercent: 10,
  driftPercent: 15,
  minRecords: 5,
  memoryPercent: 10,
  significance: 0.01,
  ignore: false,
};

/** New names of keys that were renamed. */
const RENAMED: Readonly<Record<string, keyof Limits>> = { fewestRecords: "minRecords" };

/** Limits by metric. */
export interface Thresholds {
  readonly defaults: Limits;
  /** By name, full name, or start of the full name with a `*`; the last match decides. */
  readonly metrics: readonly { readonly pattern: string; readonly limits: Partial<Limits> }[];
}

/** The default thresholds. */
export const DEFAULT_THRESHOLDS: Thresholds = { defaults: LIMITS, metrics: [] };

/** The limits of one metric. */
export function limitsOf(thresholds: Thresholds, cell: string, name: string): Limits {
  const full = cell === "" ? name : `${cell} / ${name}`;
  const fits = (pattern: string) =>
    pattern === name || pattern === full ||
    (pattern.endsWith("*") && full.startsWith(pattern.slice(0, -1)));
  return thresholds.metrics.filter(({ pattern }) => fits(pattern))
    .reduce((limits, { limits: own }) => ({ ...limits, ...own }), thresholds.defaults);
}

/**
 * Reads thresholds from YAML: keys of {@linkcode Limits} and under `metrics` the same keys by name of a metric.
 *
 * @param source Name of the file, for errors.
 * @throws {UsageError} If it is not YAML, a key is unknown or was renamed, or a value is out of range.
 */
export function parseThresholds(text: string, source: string): Thresholds {
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`Cannot read thresholds ${source}: ${reason}`, { cause });
  let raw: unknown;
  try {
    raw = readYaml(text) ?? {};
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  if (!isObject(raw)) throw refuse(`it must be a mapping of keys to values, given ${shown(raw)}`);
  const { metrics = {}, ...own } = raw;
  if (!isObject(metrics)) {
    throw refuse(`metrics must be a mapping of names to limits, given ${shown(metrics)}`);
  }
  const read = (fields: unknown, path: string, known: readonly string[]): Partial<Limits> => {
    if (!isObject(fields)) {
      throw refuse(`${path} must be a mapping of keys to values, given ${shown(fields)}`);
    }
    for (const [key, value] of Object.entries(fields)) {
      const name = path === "" ? key : `${path}.${key}`;
      if (key in RENAMED) throw refuse(`${name} was renamed\nHint: write ${RENAMED[key]}`);
      if (!known.includes(key)) throw refuse(`${name} is not a known key, ${suggest(key, known)}`);
      const expected = faultOf(key as keyof Limits, value);
      if (expected !== null) throw refuse(`${name} must be ${expected}, given ${shown(value)}`);
    }
    return fields as Partial<Limits>;
  };
  const names = Object.keys(LIMITS);
  const top = names.filter((name) => name !== "ignore");
  for (const key of Object.keys(own)) {
    if (!top.includes(key) && !(key in RENAMED)) {
      throw refuse(`${key} is not a known key, ${suggest(key, [...top, "metrics"])}`);
    }
  }
  return {
    defaults: { ...LIMITS, ...read(own, "", top) },
    metrics: Object.entries(metrics).map(([pattern, limits]) => ({
      pattern,
      limits: read(limits, `metrics.${pattern}`, names),
    })),
  };
}

/**
 * Reads a file of thresholds, see {@linkcode parseThresholds}.
 *
 * @throws {UsageError} If it cannot be read, or does not hold thresholds.
 */
export async function readThresholds(path: string): Promise<Thresholds> {
  let text: string;
  try {
    text = await readText(path);
  } catch (cause) {
    throw new UsageError(`Cannot read thresholds ${path}: ${reasonOf(cause)}`, { cause });
  }
  return parseThresholds(text, path);
}

/** The expected value; null if the value is as expected. */
function faultOf(key: keyof Limits, value: unknown): string | null {
  if (key === "ignore") return typeof value === "boolean" ? null : "true or false";
  const number = typeof value === "number" && Number.isFinite(value) ? value : -1;
  if (key === "significance") return number > 0 && number < 1 ? null : "a number between 0 and 1";
  if (key === "minRecords") return Number.isInteger(number) && number > 0 ? null : "an integer from 1";
  return number >= 0 ? null : "a number from 0";
}
