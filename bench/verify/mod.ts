/**
 * `deno task bench verify`: whether a run folder still holds what was written.
 *
 * @module
 */
import { printable } from "../../common/printable.ts";
import { describeOptions, type Option, parseOptions } from "../terminal/options.ts";
import { EXIT, type ExitCode, UsageError } from "../../common/usage_error.ts";
import { type Verification, verifyRun } from "./verify_run.ts";

/** What the command needs from outside. */
export interface VerifyServices {
  readonly signal: AbortSignal;
  readonly stdout: (text: string) => void;
}

const COMMAND = "deno task bench verify";

/** The most paths that stand in one line; --json has all. */
const SHOWN = 20;

const OPTIONS = [
  { name: "json", value: null, help: "print what was found as JSON" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/**
 * Runs the command.
 *
 * @returns 0 where all is whole, 1 where there is a fault.
 * @throws {UsageError} If an option is wrong, or no run lies in the folder.
 */
export async function verifyCommand(args: readonly string[], services: VerifyServices): Promise<ExitCode> {
  const { signal, stdout } = services;
  const [dir, ...rest] = args.filter((arg) => !arg.startsWith("-"));
  const options = parseOptions([...rest, ...args.filter((arg) => arg.startsWith("-"))], {
    table: OPTIONS,
    command: COMMAND,
  });
  if (options.help) {
    stdout(
      "Checks a run folder by hashes: run.json, records, the files they name, checkpoints. Writes nothing.\n\n" +
        `Usage: ${COMMAND} RUN [options]\n\nOptions:\n${describeOptions(OPTIONS)}\n` +
        "Exit codes: 0 all is whole, 1 a fault, 2 wrong usage\n",
    );
    return EXIT.done;
  }
  if (dir === undefined) throw new UsageError(`Cannot verify: no run folder given\nHint: ${COMMAND} RUN`);
  const found = await verifyRun(dir, { signal });
  stdout(options.json ? JSON.stringify(found, null, 2) + "\n" : formatVerification(found));
  return found.faults.length === 0 ? EXIT.done : EXIT.failed;
}

/** A line for each fault, and a summary. */
export function formatVerification(found: Verification): string {
  const { faults, unknown, unfinished, unsealed, records, artifacts, checkpoints } = found;
  const { runDir, sizeBytes, durationMs } = found, megabytes = sizeBytes / 1e6;
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`;
  const listed = (paths: readonly string[]) => {
    const more = paths.length > SHOWN ? `, and ${paths.length - SHOWN} more` : "";
    return paths.slice(0, SHOWN).map((path) => printable(path)).join(", ") + more;
  };
  const lines = [
    ...faults.map(({ path, reason }) => `${printable(path)}: ${printable(reason)}`),
    ...(unsealed.length === 0
      ? []
      : [`Of an earlier version, without a hash of itself: ${listed(unsealed)}`]),
    ...(unfinished.length === 0 ? [] : [`Cells without a record: ${listed(unfinished)}`]),
    ...(unknown.length === 0 ? [] : [`Files that no run is known to have left: ${listed(unknown)}`]),
    `${printable(runDir)}: ${faults.length === 0 ? "whole" : count(faults.length, "fault")}; ` +
    `${count(records, "record")}, ${count(artifacts, "file")}, ${count(checkpoints, "checkpoint")}, ` +
    `${megabytes.toFixed(1)} MB in ${(durationMs / 1000).toFixed(2)} s ` +
    `(${(megabytes / (durationMs / 1000)).toFixed(0)} MB/s)`,
    ...(faults.length === 0
      ? []
      : ["Hint: a cell whose record is damaged or removed runs again by bench --out RUN --resume"]),
  ];
  return lines.join("\n") + "\n";
}
