/**
 * `deno task bench compare BASE HEAD`: did anything become slower?
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { describeOptions, type Option, parseOptions } from "../options.ts";
import { EXIT, type ExitCode, UsageError } from "../usage_error.ts";
import { compareMetrics } from "./compare.ts";
import { type Comparison, formatComparison } from "./format.ts";
import { type Compared, differences, loadCompared } from "./load.ts";

const COMMAND = "deno task bench compare";

/** Options of `bench compare`. */
export const COMPARE_OPTIONS = [
  { name: "threshold", value: "N", help: "times that something has to be worse to count [1.1]" },
  { name: "anyway", value: null, help: "compare records of unlike machines" },
  { name: "json", value: null, help: "print the comparison as JSON" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** Largest probability of chance with which a difference counts. */
const CHANCE = 0.01;

/**
 * Compares two records of `bench perf`, or two of `bench peers`, and prints what changed.
 *
 * @returns 0, or 3 if anything became worse.
 * @throws {UsageError} If there are not two files, one cannot be read, they are of different kinds, or of unlike machines
 * without `--anyway`.
 */
export async function compare(
  args: readonly string[],
  { stdout }: { readonly stdout: (text: string) => void },
): Promise<ExitCode> {
  const { paths, words } = splitWords(args);
  const options = parseOptions(words, { table: COMPARE_OPTIONS, command: COMMAND });
  if (options.help) {
    stdout(
      "Compares two records of bench perf or bench peers: medians, ratios, a rank test.\n" +
        `Exit code 3 if anything became worse.\n\nUsage: ${COMMAND} BASE HEAD [options]\n\n` +
        `Options:\n${describeOptions(COMPARE_OPTIONS)}`,
    );
    return EXIT.done;
  }
  const threshold = readThreshold(options.threshold ?? "1.1");
  if (paths.length !== 2) {
    throw new UsageError(
      `Cannot run ${COMMAND}: expected two records, given ${paths.join(" ") || "none"}\n` +
        `Hint: ${COMMAND} BASE.json HEAD.json`,
    );
  }
  const [base, head] = [await loadCompared(paths[0]), await loadCompared(paths[1])];
  const unlike = checkAlike(base, head, options.anyway);
  const changes = compareMetrics(base.metrics, head.metrics, { threshold, p: CHANCE });
  const comparison: Comparison = {
    base: withoutMetrics(base),
    head: withoutMetrics(head),
    threshold,
    p: CHANCE,
    differences: unlike,
    changes,
  };
  stdout(options.json ? JSON.stringify(comparison, null, 2) + "\n" : formatComparison(comparison));
  return changes.some(({ verdict }) => verdict === "worse") ? EXIT.regression : EXIT.done;
}

/** Files and options apart: `parseOptions` takes options alone. */
function splitWords(args: readonly string[]): { paths: string[]; words: string[] } {
  const names = (valued: boolean): string[] =>
    COMPARE_OPTIONS.filter(({ value }) => (value !== null) === valued).map(({ name }) => name);
  const { _: given } = parseArgs(args, { string: ["_", ...names(true)], boolean: ["h", ...names(false)] });
  const paths = given.map(String);
  const words = args.filter((word) => !paths.includes(word));
  return { paths, words };
}

function readThreshold(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 1) return value;
  throw new UsageError(`Cannot run ${COMMAND}: --threshold must be a number from 1, given ${text}`);
}

/** @throws {UsageError} If the records measure different things, or, unless told not to mind, on unlike machines. */
function checkAlike(base: Compared, head: Compared, anyway: boolean): string[] {
  if (base.schema !== head.schema) {
    throw new UsageError(
      `Cannot compare ${base.path} with ${head.path}: one is ${base.schema}, the other ${head.schema}`,
    );
  }
  const unlike = differences(base, head);
  if (unlike.length > 0 && !anyway) {
    throw new UsageError(
      `Cannot compare ${base.path} with ${head.path}: they are of unlike machines, ${unlike.join("; ")}\n` +
        "Hint: add --anyway to compare them all the same",
    );
  }
  return unlike;
}

function withoutMetrics({ metrics: _, ...rest }: Compared): Omit<Compared, "metrics"> {
  return rest;
}
