/**
 * `deno task baseline`: compares a run of the preset `smoke` with the committed baseline, or makes a new one.
 *
 * @module
 */
import { FORMATS } from "../../bench/compare/formats/mod.ts";
import { formatError } from "../../bench/explained.ts";
import { describeOptions, type Option, parseOptions } from "../../bench/options.ts";
import { EXIT, type ExitCode, UsageError } from "../../bench/usage_error.ts";
import { writeFileAtomic } from "../../engine/atomic_file.ts";
import { join } from "../path.ts";
import { ROOT } from "../repository.ts";
import { type BaselineCheck, checkBaseline } from "./check.ts";
import { readRecords, writeBaseline } from "./records.ts";

const COMMAND = "deno task baseline";
const DEFAULT_DIR = "baselines/smoke-llvmpipe";
const DEFAULT_SEEDS = "0";

const OPTIONS = [
  { name: "write", value: null, help: "make the run the new baseline, to be committed" },
  { name: "run", value: "DIR", help: "this run, instead of a new one" },
  { name: "baseline", value: "DIR", help: `the baseline [${DEFAULT_DIR}]` },
  {
    name: "reports",
    value: "DIR",
    help: "write the comparison there too: Markdown, JUnit, github-action-benchmark",
  },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

const HELP = `Runs the preset smoke and compares it with the committed baseline, or makes a new one.
Exit code 0 if all is well or the adapter is of another class than the baseline's, 3 if an accuracy
became worse, a cell failed, or, where the baseline was made, a number changed.

Usage: ${COMMAND} [options]

Options:
`;

/** What a comparison is written as. */
const REPORTS = {
  "comparison.xml": "junit",
  "benchmark-smaller.json": "github-action-benchmark",
  "benchmark-bigger.json": "github-action-benchmark-bigger",
} as const;

async function main(args: readonly string[]): Promise<ExitCode> {
  const options = parseOptions(args, { table: OPTIONS, command: COMMAND });
  if (options.help) {
    await say(HELP + describeOptions(OPTIONS));
    return EXIT.done;
  }
  const baseline = (options.baseline ?? DEFAULT_DIR).replace(/\/+$/, "");
  const scratch = options.run === null ? await Deno.makeTempDir() : null;
  try {
    const run = options.run ?? `${scratch}/run`;
    if (options.run === null) await runSmoke(run, await seedsOf(baseline, options.write));
    if (options.write) {
      await say(`${await writeBaseline(baseline, run)} records are the new baseline ${baseline}\n`);
      return EXIT.done;
    }
    const check = await checkBaseline(baseline, run);
    if (options.reports !== null) await writeReports(options.reports, check);
    if (check.verdict === "worse") await say(`${FORMATS.text(check.comparison!)}\n`);
    await say(`${check.text}\n`);
    return check.verdict === "worse" || check.verdict === "changed" ? EXIT.regression : EXIT.done;
  } finally {
    if (scratch !== null) await Deno.remove(scratch, { recursive: true });
  }
}

/** Those of the baseline; of a new one the default. */
async function seedsOf(baseline: string, write: boolean): Promise<string> {
  if (write) return DEFAULT_SEEDS;
  const seeds = (await readRecords(baseline)).map(({ seed }) => seed);
  return [...new Set(seeds)].sort((a, b) => a - b).join(",");
}

/** In a process of its own, as everybody runs it; what it says is shown only if it fails. */
async function runSmoke(out: string, seeds: string): Promise<void> {
  const words = ["--preset", "smoke", "--seeds", seeds, "--out", out, "--quiet"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(ROOT, "bench/cli.ts"), ...words],
    stdin: "null",
  }).output();
  if (code === EXIT.done) return;
  for (const bytes of [stdout, stderr]) await Deno.stderr.write(bytes);
  const exitCode = code === EXIT.noAdapter ? EXIT.noAdapter : EXIT.failed;
  throw new UsageError(`Cannot compare with ${DEFAULT_DIR}: the run failed, its exit code is ${code}`, {
    exitCode,
  });
}

async function writeReports(dir: string, { verdict, text, comparison }: BaselineCheck): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  const title = verdict === "same" || verdict === "elsewhere" ? "Baseline" : "Baseline: not what it was";
  const body = comparison === null ? "" : `\n${FORMATS.markdown(comparison)}`;
  await writeFileAtomic(
    join(dir, "comparison.md"),
    `## ${title}\n\n${text.replaceAll("\n", "\n\n")}.\n${body}`,
  );
  if (comparison === null) return;
  for (const [name, format] of Object.entries(REPORTS)) {
    await writeFileAtomic(join(dir, name), FORMATS[format](comparison));
  }
}

async function say(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    await Deno.stderr.write(new TextEncoder().encode(`${formatError(error)}\n`));
    Deno.exitCode = error instanceof UsageError ? error.exitCode : EXIT.failed;
  }
}
