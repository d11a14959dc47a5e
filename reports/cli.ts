/**
 * `deno task report RUN_DIR... [--out FILE]`: writes `RUN_DIR/report.html` from the JSON of a run; no GPU needed. With
 * `--perf FILE` or `--peers FILE` speeds stand on it as well, or, without a run, on a page of their own.
 * Exit codes: 0 done, 1 failed, 2 wrong usage or an input that cannot be read.
 */
import { parseArgs } from "@std/cli/parse-args";
import { explain, formatError } from "../common/explained.ts";
import { loadPerformance, type WriteOptions, writePerformance, writeReport } from "./write_report.ts";

const USAGE = `Usage: deno task report RUN_DIR... [options]
       deno task report --perf FILE [--peers FILE] [--history FILE] [options]

Writes RUN_DIR/report.html, one self-contained page, from the records of each run folder.
Without a run folder: a page of speeds alone, FILE with .html in the place of .json.

  --perf FILE     add what deno task bench perf measured
  --peers FILE    add what deno task bench peers measured
  --history FILE  add what deno task bench history keeps
  --out FILE      write the page there instead (one RUN_DIR at most)
  --help          show this text
`;

/** Options with a value. */
const VALUED = ["out", "perf", "peers", "history"] as const;

/** Where the command writes; `Deno.stdout` and `Deno.stderr` in use, lists in tests. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Runs the command with its arguments and returns the exit code. */
export async function main(args: string[], { out, err }: Streams): Promise<number> {
  let unknown: string | null = null;
  const options = parseArgs(args, {
    boolean: ["help"],
    string: [...VALUED, "_"],
    collect: VALUED,
    unknown: (name: string) => {
      if (name.startsWith("-")) unknown ??= name;
      return true;
    },
  });
  if (options.help) {
    out(USAGE);
    return 0;
  }
  const dirs = options._.map(String);
  const repeated = VALUED.find((name) => options[name].length > 1) ?? null;
  const [[page], [perf], [peers], [history]] = VALUED.map((name) => options[name] as (string | undefined)[]);
  const files = Object.fromEntries(
    Object.entries({ perf, peers, history }).filter((entry): entry is [string, string] =>
      entry[1] !== undefined
    ),
  );
  const wrong = usageFault({ unknown, repeated, dirs, out: page, files });
  if (wrong !== null) {
    err(`${wrong}\n${USAGE}`);
    return 2;
  }
  try {
    const performance = await loadPerformance(files);
    if (dirs.length > 0) {
      return await writeReports(dirs, { ...(page && { out: page }), performance }, { out, err });
    }
    const path = page ?? (perf ?? peers ?? history!).replace(/(\.jsonl?)?$/, ".html");
    await writePerformance(performance, path);
    out(`${path}\n`);
    return 0;
  } catch (error) {
    return say(error, err);
  }
}

/** Shows an error; gives back 1 where a page could not be written, or for a bug, else 2: an input cannot be read. */
function say(error: unknown, err: Streams["err"]): number {
  const said = explain(error);
  err(`${formatError(error)}\n`);
  return said === null || said.startsWith("Cannot write ") ? 1 : 2;
}

/** Writes the page of each run; one that cannot be made does not stop the others. */
async function writeReports(
  dirs: readonly string[],
  options: WriteOptions,
  { out, err }: Streams,
): Promise<number> {
  let code = 0;
  for (const dir of dirs) {
    try {
      const { path, problems } = await writeReport(dir, options);
      for (const problem of problems) err(`Not used: ${problem.path}: ${problem.reason}\n`);
      out(`${path}\n`);
    } catch (error) {
      code = Math.max(code, say(error, err));
    }
  }
  return code;
}

interface Usage {
  readonly unknown: string | null;
  readonly repeated: string | null;
  readonly dirs: readonly string[];
  readonly out: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

function usageFault({ unknown, repeated, dirs, out, files }: Usage): string | null {
  if (unknown !== null) {
    return `Cannot read option: unknown name, ${unknown}; known are --perf, --peers, --history, --out, --help`;
  }
  if (repeated !== null) return `Cannot read option: --${repeated} is given twice`;
  for (const [name, file] of Object.entries(files)) {
    if (file === "") return `Cannot read record: --${name} has no file name`;
  }
  if (dirs.length === 0 && Object.keys(files).length === 0) {
    return "Cannot make report: no run folder was given";
  }
  if (out === "") return "Cannot write report: --out has no file name";
  if (out !== undefined && dirs.length > 1) {
    return `Cannot write report: --out names one file, ${dirs.length} run folders were given`;
  }
  return null;
}

if (import.meta.main) {
  const encoder = new TextEncoder();
  const write = (stream: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  };
  Deno.exit(await main(Deno.args, { out: write(Deno.stdout), err: write(Deno.stderr) }));
}
