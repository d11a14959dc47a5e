/** A fraction as a percentage with one decimal: "65.0 %". */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** A duration in words: "0.8 s", "12 s", "1 min 05 s", "2 h 03 min". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (hours === 0) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A count with its thousands apart: "12,500". */
export function thousands(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A quantity with at most three significant digits: "0.0353", "512". */
export function short(value: number): string {
  return Math.abs(value) >= 100 ? thousands(value) : String(Number(value.toPrecision(3)));
}
