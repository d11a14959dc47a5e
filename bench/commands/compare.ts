/** `deno task bench compare BASE HEAD`: did anything become worse? */
import { defineCommand, flag, list, oneOf, option, text } from "../../common/command_line/mod.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { FIELDS } from "../compare/alike.ts";
import { compareRuns } from "../compare/compare_runs.ts";
import { type ComparisonFormat, FORMATS } from "../compare/formats/mod.ts";
import type { BenchServices } from "./services.ts";

const NAMES = Object.keys(FORMATS) as ComparisonFormat[];

/** Further records of a side. */
const PATHS = list(text(), { of: "paths" });

const OPTIONS = [
  option({
    name: "format",
    value: "NAME",
    type: oneOf("format", NAMES),
    default: "text",
    help: `one of ${NAMES.join(", ")}`,
  }),
  flag({ name: "json", help: "the same as --format json" }),
  option({
    name: "output",
    value: "FILE",
    type: text("a file"),
    help: "write it there; the text is printed all the same",
  }),
  flag({ name: "only-changed", help: "leave out of text and Markdown what did not change" }),
  option({
    name: "thresholds",
    value: "FILE",
    type: text("a file"),
    help: "YAML: from where on a difference counts (docs/compare.md)",
  }),
  option({
    name: "more-base",
    value: "PATHS",
    type: PATHS,
    help: "further records of BASE, with commas between",
  }),
  option({ name: "more-head", value: "PATHS", type: PATHS, help: "further records of HEAD" }),
  option({
    name: "allow-different",
    value: "FIELDS",
    type: list(oneOf("field", FIELDS), { of: "fields", repeats: true }),
    help: `compare although these differ: ${FIELDS.join(",")}`,
  }),
] as const;

/** The command. */
export const COMPARE_COMMAND = defineCommand({
  command: "deno task bench compare",
  summary: "say whether runs or records became worse",
  about: `Compares runs, folders of records, single records (of cells, perf, peers, attack) or histories.
Accuracies by the differences of equal seeds, times by a rank test on one class of machines.`,
  paths: ["BASE", "HEAD"],
  stopsAtOnce: true,
  exitCodes: { 0: "nothing became worse", 2: "they cannot be compared", 3: "something became worse" },
  options: OPTIONS,
  async run({ options, paths: [base, head], command }, { stdout }: BenchServices) {
    const { json, onlyChanged = false, output, thresholds, moreBase, moreHead, allowDifferent } = options;
    const format = json ? "json" : options.format ?? "text";
    if (onlyChanged && !["text", "markdown"].includes(format) && !output) {
      throw new UsageError(
        `Cannot run ${command}: --only-changed shortens text and markdown, given format ${format}`,
      );
    }
    const comparison = await compareRuns([base, ...moreBase ?? []], [head, ...moreHead ?? []], {
      thresholds: thresholds ?? undefined,
      allowDifferent: allowDifferent ?? undefined,
    });
    const shown = { onlyChanged: onlyChanged ?? false }, formatted = FORMATS[format](comparison, shown);
    if (!output) stdout(formatted);
    else {
      await writeFileAtomic(output, formatted).catch((cause) => {
        throw new UsageError((cause as Error).message, { exitCode: EXIT.failed, cause });
      });
      stdout(FORMATS.text(comparison, shown));
    }
    return comparison.regression ? EXIT.regression : EXIT.done;
  },
});
