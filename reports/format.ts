import type { Spread } from "../bench/statistics/spread.ts";

export { duration } from "../common/duration.ts";

/** A fraction as percent with one decimal, "64.8 %" with a no-break space. */
export function percent(fraction: number): string {
  return `${points(fraction)}\u00a0%`;
}

/** A fraction times 100 with one decimal, without the unit. */
export function points(fraction: number): string {
  return (fraction * 100).toFixed(1).replace("-", "\u2212").replace(/^\u22120\.0$/, "0.0");
}

/** Mean and standard deviation of a fraction, "64.8 ± 0.6 %" with no-break spaces; one value shows no spread. */
export function percentSpread(spread: Spread): string {
  return spread.sd === null
    ? percent(spread.mean)
    : `${points(spread.mean)}\u00a0±\u00a0${percent(spread.sd)}`;
}

/** Mean and standard deviation of any quantity with three significant digits. */
export function numberSpread(spread: Spread): string {
  return spread.sd === null
    ? significant(spread.mean)
    : `${significant(spread.mean)} ± ${significant(spread.sd)}`;
}

/** A number with three significant digits and no exponent for ordinary sizes. */
export function significant(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace("-", "\u2212");
  if (size >= 100) return value.toFixed(0).replace("-", "\u2212");
  return String(Number(value.toPrecision(3))).replace("-", "\u2212");
}

/** A number of bytes as MiB with three significant digits. */
export function mebibytes(bytes: number): string {
  return `${significant(bytes / 2 ** 20)} MiB`;
}

/** "1 seed", "3 seeds". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** "a, b and c". */
export function listing(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** The first twelve digits of a hash. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
