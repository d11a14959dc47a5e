/**
 * A duration for people: "850 ms", "9.9 s", "12 s", "4 min 05 s", "2 h 03 min". Each value is rounded to the last unit
 * shown before that unit is chosen, so nothing reads "1000 ms" or "60 s".
 *
 * @param milliseconds From 0.
 */
export function duration(milliseconds: number): string {
  const [ms, tenths, seconds, minutes] = [1, 100, 1000, 60_000].map((unit) =>
    Math.round(milliseconds / unit)
  );
  const pad = (n: number) => String(n).padStart(2, "0");
  if (ms < 1000) return `${ms} ms`;
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}
