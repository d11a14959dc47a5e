/** The `bench` command: from words to an exit code. What it needs from outside is passed in. */
import { NoAdapterError } from "../engine/device/device.ts";
import type { OpenWorkbench } from "./plan/cell.ts";
import { parseBackend } from "./adapter/backend_option.ts";
import { parseChoices } from "./adapter/choices_option.ts";
import { both, eventProgress } from "./run/events.ts";
import { formatError } from "../common/explained.ts";
import { interruptedCode } from "./terminal/interrupt.ts";
import { parseJobs } from "./jobs/jobs_option.ts";
import { PRESETS } from "./config/load_preset.ts";
import { namedPreset } from "./named_preset.ts";
import { suggest } from "../common/nearest.ts";
import { BENCH_OPTIONS, type BenchOptions, parseReuse, parseSeeds, PLAN_OPTIONS } from "./bench_options.ts";
import { describeOptions, parseOptions } from "./terminal/options.ts";
import { benchStates, planBench } from "./plan_bench.ts";
import { formatPlan, type RehearsalProgress } from "./plan/plan_command.ts";
import { duration } from "../common/duration.ts";
import { formatStates } from "./plan/plan_states.ts";
import { createProgress, type Progress, SILENT } from "./run/progress.ts";
import { defaultRunDir, run, type RunResult } from "./run/run.ts";
import type { WriteReport } from "./run/request.ts";
import { reproduceCommand } from "./reproduce/mod.ts";
import { verifyCommand } from "./verify/mod.ts";
import { formatSummary } from "./run/summary.ts";
import { EXIT, UsageError } from "../common/usage_error.ts";
import { useVectorWidth } from "./adapter/vector_width.ts";

/** What the command needs from outside; tests pass their own. */
export interface MainServices {
  readonly openWorkbench: OpenWorkbench;
  readonly writeReport: WriteReport;
  /** Program of the worker processes; without it, cells run in this process unless --jobs says otherwise. */
  readonly worker?: URL;
  /** `bench attack`: gets the words after it, returns the exit code. */
  readonly attack: (args: string[]) => Promise<number>;
  /** `bench perf`: gets the words after it, returns the exit code. */
  readonly perf: (args: string[]) => Promise<number>;
  /** `bench compare`: likewise. */
  readonly compare: (args: string[]) => Promise<number>;
  /** `bench history`: likewise. */
  readonly history: (args: string[]) => Promise<number>;
  /** `bench peers`: likewise. */
  readonly peers: (args: string[]) => Promise<number>;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Writes results. */
  readonly stdout: (text: string) => void;
  /** Writes progress and errors. */
  readonly stderr: (text: string) => void;
  /** Whether stderr is a terminal, and how wide. */
  readonly terminal: { readonly columns: number } | null;
}

const COMMAND = "deno task bench";

/** Sub-commands of `bench`. */
export const SUBCOMMANDS = ["attack", "perf", "peers", "plan", "reproduce", "verify", "compare", "history"];

/**
 * Runs the command.
 *
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage, 3 worse than before (compare), 4 no adapter, 130 interrupted (Ctrl-C). Never throws:
 * mistakes show as their message alone, bugs with their stack trace.
 */
export async function main(args: readonly string[], services: MainServices): Promise<number> {
  try {
    if (args.length > 0 && !args[0].startsWith("-")) return await runSubcommand(args, services);
    const options = parseOptions(args, { table: BENCH_OPTIONS, command: COMMAND });
    if (options.help) {
      services.stdout(helpText());
      return EXIT.done;
    }
    return await bench(options, args, services);
  } catch (error) {
    if (services.signal.aborted) {
      services.stderr("Interrupted before the first cell, nothing is written\n");
      return interruptedCode(services.signal);
    }
    services.stderr(`${formatError(error)}\n`);
    if (error instanceof NoAdapterError) return EXIT.noAdapter;
    return error instanceof UsageError ? error.exitCode : EXIT.failed;
  }
}

async function runSubcommand(args: readonly string[], services: MainServices): Promise<number> {
  const [name, ...rest] = args;
  if (name === "attack") return await services.attack(rest);
  if (name === "peers") return await services.peers(rest);
  if (name === "perf") return await services.perf(rest);
  if (name === "compare") return await services.compare(rest);
  if (name === "history") return await services.history(rest);
  if (name === "plan") return await plan(rest, services);
  if (name === "reproduce") return await reproduceCommand(rest, services);
  if (name === "verify") return await verifyCommand(rest, services);
  throw new UsageError(
    `Cannot run ${COMMAND} ${name}: unknown command, ${suggest(name, SUBCOMMANDS)}\n` +
      `Hint: ${COMMAND} --preset ${Object.hasOwn(PRESETS, name) ? name : "NAME"} runs a preset`,
  );
}

/** `bench plan`: rehearses and prints; runs nothing and writes nothing. */
async function plan(args: readonly string[], services: MainServices): Promise<number> {
  const command = `${COMMAND} plan`;
  const options = parseOptions(args, { table: PLAN_OPTIONS, command });
  if (options.help) {
    services.stdout(
      `Says what a preset would run and what it would cost.\n\nUsage: ${command} [options]\n\n` +
        `Options:\n${describeOptions(PLAN_OPTIONS)}`,
    );
    return EXIT.done;
  }
  const { signal, openWorkbench } = services;
  const asked = {
    ...presetOf(options),
    outDir: options.out,
    choices: parseChoices(options.choices),
    backend: parseBackend(options.backend),
    reuse: parseReuse(options.reuse),
    jobs: parseJobs(options.jobs),
    note: (text: string) => services.stderr(`${text}\n`),
    ...options.quiet ? {} : {
      onCell: (name: string, { number, total }: RehearsalProgress) =>
        services.stderr(`rehearsing ${name} (${number} of ${total})\n`),
      onRehearsed: (name: string, durationMs: number) =>
        services.stderr(`rehearsed ${name} in ${duration(durationMs)}\n`),
    },
    signal,
    openWorkbench,
  };
  useVectorWidth(options["vector-width"]);
  const print = <T>(found: T, format: (found: T) => string) =>
    services.stdout(options.json ? JSON.stringify(found, null, 2) + "\n" : format(found));
  if (options.states) print(await benchStates(asked), ({ preset, cells }) => formatStates(preset, cells));
  else print(await planBench(asked), formatPlan);
  return EXIT.done;
}

/** The preset that options name, with the seeds that they name. */
function presetOf({ preset, seeds, data }: Pick<BenchOptions, "preset" | "seeds" | "data">) {
  return {
    preset: preset ?? undefined,
    seeds: seeds === null ? undefined : parseSeeds(seeds),
    dataDir: data,
  };
}

async function bench(
  options: BenchOptions,
  args: readonly string[],
  services: MainServices,
): Promise<number> {
  const choices = parseChoices(options.choices), backend = parseBackend(options.backend);
  const jobs = parseJobs(options.jobs), reuse = parseReuse(options.reuse);
  useVectorWidth(options["vector-width"]);
  const preset = await namedPreset(presetOf(options));
  if (options.events && options.json) {
    throw new UsageError("Cannot print both: --events and --json each have standard output for themselves");
  }
  if (options.resume && options.out === null) {
    throw new UsageError(`Cannot resume a run: no folder given\nHint: add --out DIR, the folder of the run`);
  }
  const result = await run({
    preset,
    outDir: options.out ?? defaultRunDir(preset.name, new Date()),
    dataDir: options.data,
    resume: options.resume,
    command: [COMMAND, ...args].join(" "),
    choices,
    backend,
    jobs,
    reuse,
  }, { ...services, progress: progressFor(options, services) });
  if (options.events) services.stdout(JSON.stringify({ event: "ended", result }) + "\n");
  else services.stdout(options.json ? toJson(result) : toText(result));
  return result.exitCode;
}

function progressFor(options: BenchOptions, { stdout, stderr, terminal }: MainServices): Progress {
  const shown = options.quiet
    ? SILENT
    : createProgress({ terminal: terminal !== null, columns: terminal?.columns, write: stderr });
  return options.events ? both(shown, eventProgress((event) => stdout(JSON.stringify(event) + "\n"))) : shown;
}

function toText({ runDir, records, report, manifest }: RunResult): string {
  const lines = [formatSummary(records)];
  const missing = manifest.cells.length - records.length;
  if (missing > 0) {
    lines.push(
      `Interrupted: ${missing} of ${manifest.cells.length} cells did not run\n` +
        `Hint: the same command with --out ${runDir} --resume goes on\n`,
    );
  }
  lines.push(`Records: ${runDir}/records\n`);
  if (report !== null) lines.push(`Report:  ${report}\n`);
  return lines.join("\n").replace(/\n\n(?=Report: )/, "\n");
}

function toJson({ runDir, records, report, manifest, exitCode }: RunResult): string {
  return JSON.stringify({ runDir, report, exitCode, manifest, records }, null, 2) + "\n";
}

function helpText(): string {
  return `Measures how useful and how robust natural, robust and non-robust features are.

Usage: ${COMMAND} [options]
       ${COMMAND} plan [options]    say what would run and what it would cost
       ${COMMAND} attack [options]  measure clean and robust accuracy of a network from a file
       ${COMMAND} perf [options]    measure speed and memory
       ${COMMAND} peers [options]   time the same work on other packages
       ${COMMAND} reproduce RECORD [options]
                                    run the cell of a record again, say whether it is the same
       ${COMMAND} verify RUN          check that a run folder holds what was written, by hashes
       ${COMMAND} compare BASE HEAD [options]
                                    say whether runs or records became worse
       ${COMMAND} history FILE [options]
                                    keep and list what was measured, run after run

Options:
${describeOptions(BENCH_OPTIONS)}
Presets: ${Object.keys(PRESETS).join(", ")}
Exit codes: 0 done, 1 failed, 2 wrong usage or an input that cannot be read, 3 worse than before (compare),
            4 no adapter, 130 interrupted, 143 by SIGTERM
`;
}
