/**
 * `deno task report RUN_DIR... [--out FILE]`: writes `RUN_DIR/report.html` from the JSON of a run; no GPU needed.
 * Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
import { parseArgs } from "@std/cli/parse-args";
import { writeReport } from "./write_report.ts";

const USAGE = `Usage: deno task report RUN_DIR... [--out FILE]

Writes RUN_DIR/report.html, one self-contained page, from the records of each run folder.

  --out FILE  write the page there instead (one RUN_DIR only)
  --help      show this text
`;

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
    string: ["out", "_"],
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
  const wrong = usageFault({ unknown, dirs, out: options.out });
  if (wrong !== null) {
    err(`${wrong}\n${USAGE}`);
    return 2;
  }
  let failed = false;
  for (const dir of dirs) {
    try {
      const { path, problems } = await writeReport(dir, options.out ? { out: options.out } : {});
      for (const problem of problems) err(`Not used: ${problem.path}: ${problem.reason}\n`);
      out(`${path}\n`);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      err(`${error.message}\n`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

interface Usage {
  readonly unknown: string | null;
  readonly dirs: readonly string[];
  readonly out: string | undefined;
}

function usageFault({ unknown, dirs, out }: Usage): string | null {
  if (unknown !== null) return `Cannot read option: unknown name, ${unknown}; known are --out, --help`;
  if (dirs.length === 0) return "Cannot make report: no run folder was given";
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
