/**
 * `deno task bench compare BASE HEAD`: did anything become worse?
 *
 * @module
 */
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { suggest } from "../../common/nearest.ts";
import { describeOptions, type Option, parseOptions } from "../terminal/options.ts";
import { splitWords } from "../terminal/split_words.ts";
import { EXIT, type ExitCode, UsageError } from "../../common/usage_error.ts";
import { FIELDS, parseAllowed } from "./alike.ts";
import { compareRuns } from "./compare_runs.ts";
import { type ComparisonFormat, FORMATS } from "./formats/mod.ts";

const COMMAND = "deno task bench compare";

/** Options of `bench compare`. */
export const COMPARE_OPTIONS = [
  { name: "format", value: "NAME", help: `one of ${Object.keys(FORMATS).join(", ")} [text]` },
  { name: "json", value: null, help: "the same as --format json" },
  { name: "output", value: "FILE", help: "write it there; the text is printed all the same" },
  { name: "only-changed", value: null, help: "leave out of text and Markdown what did not change" },
  { name: "thresholds", value: "FILE", help: "YAML: from where on a difference counts (docs/compare.md)" },
  { name: "more-base", value: "PATHS", help: "further records of BASE, with commas between" },
  { name: "more-head", value: "PATHS", help: "further records of HEAD" },
  {
    name: "allow-different",
    value: "FIELDS",
    help: `compare although these differ: ${FIELDS.join(",")}`,
  },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

const HELP = `Compares runs, folders of records, single records (of cells, perf, peers, attack) or histories.
Accuracies by the differences of equal seeds, times by a rank test on one class of machines.
Exit code 3 if anything became worse, 0 if not, 2 if they cannot be compared.

Usage: ${COMMAND} BASE HEAD [options]

Options:
`;

/**
 * Compares two sides, each a run folder, a folder of records, one record or a history, and prints what changed.
 *
 * @returns 0, or 3 if anything became worse.
 * @throws {UsageError} If there are not two paths, one cannot be read, or they measured different things, or on unlike
 * machines, without `--allow-different`.
 */
export async function compare(
  args: readonly string[],
  { stdout }: { readonly stdout: (text: string) => void },
): Promise<ExitCode> {
  const { paths, words } = splitWords(args, COMPARE_OPTIONS);
  const options = parseOptions(words, { table: COMPARE_OPTIONS, command: COMMAND });
  if (options.help) {
    stdout(HELP + describeOptions(COMPARE_OPTIONS));
    return EXIT.done;
  }
  const format = readFormat(options.json ? "json" : options.format ?? "text");
  const onlyChanged = options["only-changed"];
  if (onlyChanged && !["text", "markdown"].includes(format) && options.output === null) {
    throw new UsageError(
      `Cannot run ${COMMAND}: --only-changed shortens text and markdown, given format ${format}`,
    );
  }
  const allowDifferent = parseAllowed(options["allow-different"]);
  const more = (side: "base" | "head") => (options[`more-${side}`] ?? "").split(",").filter(Boolean);
  if (paths.length !== 2) {
    throw new UsageError(
      `Cannot run ${COMMAND}: expected two paths, given ${paths.join(" ") || "none"}\n` +
        `Hint: ${COMMAND} BASE HEAD`,
    );
  }
  const [base, head] = [[paths[0], ...more("base")], [paths[1], ...more("head")]];
  const { output, thresholds } = options;
  const comparison = await compareRuns(base, head, { allowDifferent, thresholds: thresholds ?? undefined });
  const text = FORMATS[format](comparison, { onlyChanged });
  if (output === null) stdout(text);
  else {
    await writeFileAtomic(output, text).catch((cause) => {
      throw new UsageError((cause as Error).message, { exitCode: EXIT.failed, cause });
    });
    stdout(FORMATS.text(comparison, { onlyChanged }));
  }
  return comparison.regression ? EXIT.regression : EXIT.done;
}

function readFormat(name: string): ComparisonFormat {
  if (Object.hasOwn(FORMATS, name)) return name as ComparisonFormat;
  throw new UsageError(
    `Cannot run ${COMMAND}: unknown format ${name}, ${suggest(name, Object.keys(FORMATS))}`,
  );
}
