import { parseSafetensors } from "../../engine/files/safetensors.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { pairedDifference } from "../statistics/paired.ts";
import { independentShares, pairedShares } from "../statistics/shares.ts";
import type { Quantity, Reading } from "./quantity.ts";

/** A difference of accuracies, before it is judged. */
export interface AccuracyDifference {
  readonly base: number;
  readonly head: number;
  /** Head - base. */
  readonly difference: number;
  readonly interval: readonly [low: number, high: number] | null;
  readonly p: number | null;
  /** Pairs of seeds, and the standard deviation of their differences; null where there was one seed. */
  readonly pairs: { readonly n: number; readonly sd: number } | null;
  readonly statistic: string;
}

/**
 * Compares the accuracies of head and base. Two seeds or more: by the differences of equal seeds. One seed: by the outcomes
 * of single images where both sides have them, else by the binomial distribution of their number.
 */
export async function accuracyDifference({ base, head }: Quantity): Promise<AccuracyDifference> {
  const [before, after] = [base, head].map(bySeed);
  const common = [...before.keys()].filter((seed) => after.has(seed));
  const paired = pairedDifference(before, after);
  if (paired !== null) {
    const { seeds, mean, sd, interval, p, statistic } = paired;
    const [from, to] = [before, after].map((values) => meanOf(seeds.map((seed) => values.get(seed)!)));
    return { base: from, head: to, difference: mean, interval, p, pairs: { n: seeds.length, sd }, statistic };
  }
  if (common.length === 0) {
    const [from, to] = [before, after].map((values) => meanOf([...values.values()]));
    const statistic = "no seed in common, not judged";
    return { base: from, head: to, difference: to - from, interval: null, p: null, pairs: null, statistic };
  }
  return await ofOneSeed(
    ...[base, head].map((list) => list.find(({ record }) => seedOf(record) === common[0])!) as [
      Reading,
      Reading,
    ],
  );
}

async function ofOneSeed(base: Reading, head: Reading): Promise<AccuracyDifference> {
  const [from, to] = [base, head].map(({ measurement }) => measurement.samples[0]);
  const shared = { base: from, head: to, pairs: null };
  const outcomes = base.record.data === head.record.data
    ? [await outcomesOf(base), await outcomesOf(head)]
    : [null, null];
  const [before, after] = outcomes;
  if (before instanceof Uint8Array && after instanceof Uint8Array && before.length === after.length) {
    return { ...shared, ...pairedShares(before, after) };
  }
  const damaged = outcomes.includes("damaged") ? "; a file of outcomes is not the one its record names" : "";
  const [count, other] = [base.measurement.images, head.measurement.images];
  if (count === null || other === null) {
    const statistic = `one seed, and the number of test images is not recorded: not judged${damaged}`;
    return { ...shared, difference: to - from, interval: null, p: null, statistic };
  }
  const found = independentShares({ hits: from * count, count }, { hits: to * other, count: other });
  return { ...shared, ...found, statistic: found.statistic + damaged };
}

/** The outcome of each image; null where there is no such file, as in a run without its artifacts. */
async function outcomesOf({ measurement }: Reading): Promise<Uint8Array | "damaged" | null> {
  if (measurement.outcomes === null) return null;
  const { path, sha256, tensor } = measurement.outcomes;
  const bytes = await Deno.readFile(path).catch(() => null);
  if (bytes === null) return null;
  if (sha256Hex(bytes) !== sha256) return "damaged";
  const bits = parseSafetensors(bytes, { path }).tensors.get(tensor);
  if (bits?.dtype !== "U8" || bits.data.length === 0) return null;
  const share = bits.data.reduce((sum, bit) => sum + bit, 0) / bits.data.length;
  return Math.abs(share - measurement.samples[0]) < 1e-9 ? bits.data : null;
}

/** The mean of each seed's values: of several runs with one seed, if the side has them. */
function bySeed(readings: readonly Reading[]): Map<number, number> {
  const groups = Map.groupBy(readings, ({ record }) => seedOf(record));
  return new Map(
    [...groups].map(([seed, list]) => [seed, meanOf(list.map(({ measurement }) => measurement.samples[0]))]),
  );
}

function seedOf({ seed }: { readonly seed: number | null }): number {
  return seed ?? 0;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
