/**
 * `deno task report RUN_DIR... [--out FILE]`: writes `RUN_DIR/report.html` from the JSON of a run; no GPU needed. With
 * `--perf FILE` or `--peers FILE` the page has speeds too; without a run, these have a page of their own.
 */
import {
  defineCommand,
  option,
  type Output,
  runProgram,
  singleCommand,
  text,
} from "../common/command_line/mod.ts";
import { explain, formatError } from "../common/explained.ts";
import { EXIT, type ExitCode, UsageError } from "../common/usage_error.ts";
import { loadPerformance, type WriteOptions, writePerformance, writeReport } from "./page/write_report.ts";

const FILE = text("a file");

const OPTIONS = [
  option({ name: "perf", value: "FILE", type: FILE, help: "add what deno task bench perf measured" }),
  option({ name: "peers", value: "FILE", type: FILE, help: "add what deno task bench peers measured" }),
  option({ name: "history", value: "FILE", type: FILE, help: "add what deno task bench history keeps" }),
  option({
    name: "out",
    value: "FILE",
    type: FILE,
    defaultText: "RUN_DIR/report.html",
    help: "where the page goes, for at most one run folder",
  }),
] as const;

const REPORT_COMMAND = defineCommand({
  command: "deno task report",
  summary: "write the page of each run folder, or of speeds alone",
  about: "Writes RUN_DIR/report.html, one self-contained page, from the records of each run folder.\n" +
    "Without a run folder: a page of speeds alone, FILE with .html in the place of .json.",
  paths: ["RUN_DIR..."],
  options: OPTIONS,
  exitCodes: { 1: "a page cannot be written", 2: "wrong usage, or an input that cannot be read" },
  async run({ options: { out, ...files }, paths: dirs }, services: Output) {
    if (dirs.length === 0 && Object.keys(files).length === 0) {
      throw new UsageError("Cannot make report: no run folder was given\nHint: deno task report RUN_DIR");
    }
    if (out !== undefined && dirs.length > 1) {
      throw new UsageError(
        `Cannot write report: --out names one file, ${dirs.length} run folders were given`,
      );
    }
    try {
      const performance = await loadPerformance(files);
      if (dirs.length > 0) return await writeReports(dirs, { ...(out && { out }), performance }, services);
      const { perf, peers, history } = files;
      const path = out ?? (perf ?? peers ?? history!).replace(/(\.jsonl?)?$/, ".html");
      await writePerformance(performance, path);
      services.stdout(`${path}\n`);
      return EXIT.done;
    } catch (error) {
      return say(error, services);
    }
  },
});

/** The program: one command. */
export const REPORT = singleCommand(REPORT_COMMAND);

/**
 * Runs the command.
 *
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage or an input that cannot be read.
 */
export function main(args: readonly string[], services: Output): Promise<number> {
  return runProgram(REPORT, args, { services });
}

/** Shows an error; returns 1 where a page could not be written, or for a bug, else 2: an input cannot be read. */
function say(error: unknown, { stderr }: Pick<Output, "stderr">): ExitCode {
  const said = explain(error);
  stderr(`${formatError(error)}\n`);
  return said === null || said.startsWith("Cannot write ") ? EXIT.failed : EXIT.usage;
}

/** Writes the page of each run; one that cannot be made does not stop the others. */
async function writeReports(
  dirs: readonly string[],
  options: WriteOptions,
  services: Output,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  for (const dir of dirs) {
    try {
      const { path, problems } = await writeReport(dir, options);
      for (const problem of problems) services.stderr(`Not used: ${problem.path}: ${problem.reason}\n`);
      services.stdout(`${path}\n`);
    } catch (error) {
      const found = say(error, services);
      if (found > code) code = found;
    }
  }
  return code;
}

if (import.meta.main) {
  const encoder = new TextEncoder();
  const write = (stream: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  };
  Deno.exit(await main(Deno.args, { stdout: write(Deno.stdout), stderr: write(Deno.stderr) }));
}
