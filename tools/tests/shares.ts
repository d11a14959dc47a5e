/** Shares test files between processes, and reads the output of the processes.
 *
 * @module
 */

/** A test file that takes this long, in seconds, where nothing else is known: loading it, and small tests. */
const USUAL_SECONDS = 1.3;

/** Duration of a file's tests, in seconds on two cores with a software adapter. */
export function secondsOf(file: string, slow: Readonly<Record<string, number>>): number {
  return slow[file] ?? USUAL_SECONDS;
}

/**
 * Splits files into shares for `deno test`, the longest first. A process takes the next share when it is done with one, so
 * several shares per process even out what the estimates miss; each share costs the start of a process.
 *
 * @param files Paths of tests.
 * @param slow Seconds of the slow ones.
 * @param count How many shares, at most.
 * @returns Shares without an empty one; each file is in one of them.
 */
export function sharesOf(
  files: readonly string[],
  slow: Readonly<Record<string, number>>,
  count: number,
): string[][] {
  const shares = Array.from({ length: count }, () => ({ files: [] as string[], seconds: 0 }));
  const longestFirst = files.toSorted((a, b) => secondsOf(b, slow) - secondsOf(a, slow) || (a < b ? -1 : 1));
  for (const file of longestFirst) {
    const shortest = shares.reduce((best, share) => share.seconds < best.seconds ? share : best);
    shortest.files.push(file);
    shortest.seconds += secondsOf(file, slow);
  }
  return shares.filter((share) => share.files.length > 0).toSorted((a, b) => b.seconds - a.seconds)
    .map((share) => share.files.toSorted());
}

/** The counts that one process printed at its end. */
export interface Counts {
  /** Tests that passed. */
  passed: number;
  /** Tests that failed. */
  failed: number;
  /** Tests that were not run. */
  ignored: number;
}

/** The counts of `deno test`: of its last line "ok | 12 passed (3 steps) | 0 failed | 2 ignored (5s)"; null without one. */
export function countsOf(text: string): Counts | null {
  const line = text.split("\n").findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line));
  if (line === undefined) return null;
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}

/** The line that `deno test` would print, had one process run all. */
export function summaryLine(counts: readonly Counts[], seconds: number): string {
  const sum = (name: keyof Counts) => counts.reduce((total, one) => total + one[name], 0);
  const ignored = sum("ignored") > 0 ? ` | ${sum("ignored")} ignored` : "";
  const whole = Math.round(seconds);
  const time = `${Math.floor(whole / 60)}m${whole % 60}s`;
  return `${sum("failed") === 0 ? "ok" : "FAILED"} | ${sum("passed")} passed | ${
    sum("failed")
  } failed${ignored} (${time})`;
}

/** The list of failed tests that `deno test` prints at its end, one a line with its place. */
export function failuresOf(text: string): string[] {
  const lines = text.split("\n");
  const start = lines.findLastIndex((line) => line.trim() === "FAILURES");
  return start < 0 ? [] : lines.slice(start).filter((line) => / => \.\/.*:\d+/.test(line));
}

/** Seconds by file, of what `deno test` printed behind each test. Loading is not among them. */
export function timesOf(text: string): Map<string, number> {
  const times = new Map<string, number>();
  let file = "";
  for (const line of text.split("\n")) {
    file = /^running \d+ tests? from \.\/(\S+)/.exec(line)?.[1] ?? file;
    const time = /^(?:\S.* \.\.\. )?(?:ok|FAILED) \((?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?\)$/.exec(line);
    if (file === "" || time === null) continue;
    const [minutes, seconds, thousandths] = time.slice(1).map((text) => Number(text ?? 0));
    times.set(file, (times.get(file) ?? 0) + minutes * 60 + seconds + thousandths / 1000);
  }
  return times;
}
