/**
 * `deno task baseline`: compares runs of small presets with the committed baselines, or makes new ones.
 *
 * @module
 */
import { FORMATS } from "../../bench/compare/formats/mod.ts";
import { killOnExit } from "../../common/child/kill_on_exit.ts";
import { isName, NAME_ALPHABET } from "../../common/checked_name.ts";
import { interruptedCode, Interruption, interruptSignal } from "../../bench/terminal/interrupt.ts";
import {
  defineCommand,
  flag,
  type GivenOptions,
  option,
  type Output,
  runProgram,
  singleCommand,
  text,
} from "../../common/command_line/mod.ts";
import { EXIT, type ExitCode, UsageError } from "../../common/usage_error.ts";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { join } from "../path.ts";
import { ROOT } from "../repository.ts";
import { type BaselineCheck, checkBaseline } from "./check.ts";
import { readRecords, writeBaseline } from "./records.ts";

const COMMAND = "deno task baseline";
const PRESETS = ["smoke", "baselines/learning.yaml"];

const OPTIONS = [
  flag({ name: "write", help: "make the runs the new baselines, to be committed" }),
  option({
    name: "preset",
    value: "NAME|FILE",
    type: text("the name of a preset, or a YAML file"),
    defaultText: PRESETS.join(" and "),
    help: "only this one",
  }),
  option({ name: "run", value: "DIR", type: text("a folder"), help: "this run alone, instead of new ones" }),
  option({
    name: "baseline",
    value: "DIR",
    type: text("a folder"),
    defaultText: "baselines/PRESET-llvmpipe",
    help: "the baseline, of one run",
  }),
  option({
    name: "reports",
    value: "DIR",
    type: text("a folder"),
    help: "write comparisons to DIR/PRESET: Markdown, JUnit, github-action-benchmark",
  }),
] as const;

/** The command. */
const BASELINE_COMMAND = defineCommand({
  command: COMMAND,
  summary: "compare runs of small presets with the committed baselines, or make new ones",
  about: `Runs small presets and compares them with the committed baselines, or makes new ones.
Exit code 0 if all is well or the adapter is of another class than the baseline's, 3 if an accuracy
became worse, a cell failed, or, where the baseline was made, a number changed.`,
  options: OPTIONS,
  run: ({ options }, { signal }: Output & { readonly signal: AbortSignal }) => main(options, signal),
});

/** Formats of a comparison. */
const REPORTS = {
  "comparison.xml": "junit",
  "benchmark-smaller.json": "github-action-benchmark",
  "benchmark-bigger.json": "github-action-benchmark-bigger",
} as const;

async function main(options: GivenOptions<typeof OPTIONS>, signal: AbortSignal): Promise<ExitCode> {
  const { preset, run, baseline } = options;
  if (preset !== undefined && run !== undefined) {
    throw new UsageError(`Cannot run ${COMMAND}: --run is of one preset, given --preset ${preset} too`);
  }
  if (baseline !== undefined && preset === undefined && run === undefined) {
    throw new UsageError(`Cannot run ${COMMAND}: --baseline needs --preset or --run, whose baseline it is`);
  }
  if (run !== undefined) return await judge(run, options);
  let worst: ExitCode = EXIT.done;
  for (const name of preset === undefined ? PRESETS : [preset]) {
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
  options: Pick<GivenOptions<typeof OPTIONS>, "baseline" | "write" | "reports">,
): Promise<ExitCode> {
  const preset = (await readRecords(run))[0].preset;
  if (!isName(preset)) {
    throw new UsageError(
      `Cannot find the baseline of ${run}: its preset's name is not of ${NAME_ALPHABET}, ${preset}`,
    );
  }
  const baseline = (options.baseline ?? `baselines/${preset}-llvmpipe`).replace(/\/+$/, "");
  if (options.write) {
    await say(`${await writeBaseline(baseline, run)} records are the new baseline ${baseline}\n`);
    return EXIT.done;
  }
  const check = await checkBaseline(baseline, run);
  if (options.reports !== undefined) await writeReports(join(options.reports, preset), check);
  if (check.verdict === "worse") await say(`${FORMATS.text(check.comparison!, { onlyChanged: true })}\n`);
  await say(`${check.text}\n`);
  return check.verdict === "worse" || check.verdict === "changed" ? EXIT.regression : EXIT.done;
}

/** As everybody runs it, in a process of its own and with the permissions of the task; its output is shown only if it fails. */
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
  const title = fine ? "Baseline" : "Baseline differs";
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
  const stderr = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text));
  const stdout = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text));
  const signal = interruptSignal(stderr);
  const code = await runProgram(singleCommand(BASELINE_COMMAND), Deno.args, {
    services: { stdout, stderr, signal },
    answer: () => signal.aborted ? { text: "Interrupted", exitCode: interruptedCode(signal) } : null,
  });
  Deno.exit(code);
}
