/** A fraction as a percentage with one decimal: "65.0 %". */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** A count with its thousands apart: "12,500". */
export function thousands(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A quantity with at most three significant digits: "0.0353", "512". */
export function short(value: number): string {
  return Math.abs(value) >= 100 ? thousands(value) : String(Number(value.toPrecision(3)));
}
