/**
 * `deno task baseline`: compares runs of small presets with the committed baselines, or makes new ones.
 *
 * @module
 */
import { FORMATS } from "../../bench/compare/formats/mod.ts";
import { killOnExit } from "../../bench/jobs/kill_on_exit.ts";
import { isName, NAME_ALPHABET } from "../../common/checked_name.ts";
import { formatError } from "../../common/explained.ts";
import { interruptedCode, Interruption, interruptSignal } from "../../bench/terminal/interrupt.ts";
import { describeOptions, type Option, parseOptions } from "../../bench/terminal/options.ts";
import { EXIT, type ExitCode, UsageError } from "../../common/usage_error.ts";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { join } from "../path.ts";
import { ROOT } from "../repository.ts";
import { type BaselineCheck, checkBaseline } from "./check.ts";
import { readRecords, writeBaseline } from "./records.ts";

const COMMAND = "deno task baseline";
const PRESETS = ["smoke", "baselines/learning.yaml"];

const OPTIONS = [
  { name: "write", value: null, help: "make the runs the new baselines, to be committed" },
  { name: "preset", value: "NAME|FILE", help: `only this one [${PRESETS.join(" and ")}]` },
  { name: "run", value: "DIR", help: "this run alone, instead of new ones" },
  { name: "baseline", value: "DIR", help: "the baseline, of one run [baselines/PRESET-llvmpipe]" },
  {
    name: "reports",
    value: "DIR",
    help: "write comparisons to DIR/PRESET: Markdown, JUnit, github-action-benchmark",
  },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

const HELP = `Runs small presets and compares them with the committed baselines, or makes new ones.
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

async function main(args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const options = parseOptions(args, { table: OPTIONS, command: COMMAND });
  if (options.help) {
    await say(HELP + describeOptions(OPTIONS));
    return EXIT.done;
  }
  const { preset, run, baseline } = options;
  if (preset !== null && run !== null) {
    throw new UsageError(`Cannot run ${COMMAND}: --run is of one preset, given --preset ${preset} too`);
  }
  if (baseline !== null && preset === null && run === null) {
    throw new UsageError(`Cannot run ${COMMAND}: --baseline needs --preset or --run, whose baseline it is`);
  }
  if (run !== null) return await judge(run, options);
  let worst: ExitCode = EXIT.done;
  for (const name of preset === null ? PRESETS : [preset]) {
    const scratch = await Deno.makeTempDir();
    try {
      await runPreset(name, `${scratch}/run`, signal);
      const code = await judge(`${scratch}/run`, options);
      if (code !== EXIT.done) worst = code;
    } finally {
      await Deno.remove(scratch, { recursive: true });
    }
  }
  return worst;
}

/** Compares one run with its baseline, or makes it the baseline. */
async function judge(
  run: string,
  options: { readonly baseline: string | null; readonly write: boolean; readonly reports: string | null },
): Promise<ExitCode> {
  const suite = (await readRecords(run))[0].suite;
  if (!isName(suite)) {
    throw new UsageError(
      `Cannot find the baseline of ${run}: its preset's name is not of ${NAME_ALPHABET}, ${suite}`,
    );
  }
  const baseline = (options.baseline ?? `baselines/${suite}-llvmpipe`).replace(/\/+$/, "");
  if (options.write) {
    await say(`${await writeBaseline(baseline, run)} records are the new baseline ${baseline}\n`);
    return EXIT.done;
  }
  const check = await checkBaseline(baseline, run);
  if (options.reports !== null) await writeReports(join(options.reports, suite), check);
  if (check.verdict === "worse") await say(`${FORMATS.text(check.comparison!, { onlyChanged: true })}\n`);
  await say(`${check.text}\n`);
  return check.verdict === "worse" || check.verdict === "changed" ? EXIT.regression : EXIT.done;
}

/** As everybody runs it, in a process of its own and with the permissions of the task; what it says is shown only if it fails. */
async function runPreset(preset: string, out: string, signal: AbortSignal): Promise<void> {
  const words = ["--preset", preset, "--out", out, "--quiet"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", join(ROOT, "deno.json"), "bench", ...words],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stop = () => child.kill(signal.reason instanceof Interruption ? signal.reason.by : "SIGINT");
  signal.addEventListener("abort", stop);
  const survive = killOnExit(child);
  const { code, stdout, stderr } = await child.output();
  survive();
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (code === EXIT.done) return;
  for (const bytes of [stdout, stderr]) await Deno.stderr.write(bytes);
  const exitCode = code === EXIT.noAdapter ? EXIT.noAdapter : EXIT.failed;
  throw new UsageError(`Cannot compare preset ${preset}: its run failed with exit code ${code}`, {
    exitCode,
  });
}

async function writeReports(dir: string, { verdict, text, comparison }: BaselineCheck): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  const fine = verdict === "same" || verdict === "elsewhere";
  const title = fine ? "Baseline" : "Baseline: not what it was";
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
  const complain = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  const signal = interruptSignal(complain);
  try {
    Deno.exitCode = await main(Deno.args, signal);
  } catch (error) {
    if (signal.aborted) Deno.exit(interruptedCode(signal));
    complain(`${formatError(error)}\n`);
    Deno.exitCode = error instanceof UsageError ? error.exitCode : EXIT.failed;
  }
  Deno.exit(Deno.exitCode);
}
