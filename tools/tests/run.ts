/** Runs test files in several processes of `deno test`. See {@linkcode runTests}.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../repository.ts";
import { type Counts, countsOf, failuresOf, sharesOf, summaryLine, timesOf } from "./shares.ts";

/** How many shares there are for each process. */
const SHARES_PER_PROCESS = 6;

/**
 * Runs test files, several processes at once. `deno test --parallel` runs files as threads of one process, which share
 * its environment and the GPU backend that comes from it; processes share nothing. Types have to be checked before.
 *
 * Prints what each process says when it ends, the failures of all, the slowest files, and last the summary.
 *
 * @param files Paths relative to the repository's root.
 * @param options `jobs`: processes at once; `slow`: seconds of slow files; `flags`: for `deno test`; `print`: takes text.
 * @returns The exit code: 0, or that of the first process that failed.
 */
export async function runTests(
  files: readonly string[],
  { jobs, slow, flags, print }: {
    jobs: number;
    slow: Readonly<Record<string, number>>;
    flags: readonly string[];
    print: (text: string) => void;
  },
): Promise<number> {
  const start = performance.now();
  const waiting = sharesOf(files, slow, jobs * SHARES_PER_PROCESS);
  const counts: Counts[] = [], failures: string[] = [], times = new Map<string, number>();
  let exitCode = 0;
  const work = async () => {
    for (let share = waiting.shift(); share !== undefined; share = waiting.shift()) {
      const { code, text } = await runShare(share, flags);
      print(text);
      const its = countsOf(text);
      if (its !== null) counts.push(its);
      failures.push(...failuresOf(text));
      for (const [file, seconds] of timesOf(text)) times.set(file, seconds);
      if (code !== 0 && (its === null || its.failed === 0)) {
        failures.push(`Exit code ${code} of \`deno test\` on ${share.join(" ")}`);
      }
      exitCode ||= code;
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const slowest = [...times].toSorted((a, b) => b[1] - a[1]).slice(0, 10);
  print(`\nSlowest: ${slowest.map(([file, seconds]) => `${file} ${seconds.toFixed(1)} s`).join(", ")}\n`);
  if (failures.length > 0) print(`\n FAILURES \n\n${failures.join("\n")}\n`);
  print(`\n${summaryLine(counts, (performance.now() - start) / 1000)}\n`);
  return exitCode;
}

async function runShare(files: readonly string[], flags: readonly string[]) {
  const [, ...args] = config.tasks.test.split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--no-check", ...flags, ...files],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, text: decode(stderr) + decode(stdout) };
}
