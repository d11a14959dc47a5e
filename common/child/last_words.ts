/**
 * The reason that a failed program printed, in one line: its first line and its last, without backtraces.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const stderr = "error: Failed caching\n\nCaused by:\n    0: client error\n    1: refused\n\nStack backtrace:\n   0: x\n";
 * assertEquals(lastWords(stderr), "Failed caching, refused");
 * ```
 */
export function lastWords(stderr: string): string {
  const lines = stderr.replace(/^Stack backtrace:[^]*/m, "").replace(/^Traceback [^]*\n(?=\S)/m, "").split(
    "\n",
  ).map((
    line,
  ) => line.trim())
    .filter((line) => line !== "");
  const ends = lines.length > 1 ? [lines[0], lines[lines.length - 1]] : lines;
  return ends.map((line) => line.replace(/^(?:error|\d+): /, "")).join(", ") || "it says nothing";
}
